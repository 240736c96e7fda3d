/**
 * What the browser asks for: the page, its files, the dashboards, and the API of a Prometheus, all on one loopback port.
 *
 * SV1. Only files of the folders below are given out, and only the API of Prometheus is passed on.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { BUNDLE } from './bundle.ts';

const DASHBOARDS = join(import.meta.dirname, '../../dashboards');
const PACKAGES = join(import.meta.dirname, 'node_modules');
const ICONS = join(PACKAGES, '@grafana/ui/dist/public/img/icons');
/** Grafana's fonts, which its packages lack, from others. */
const FONTS: Readonly<Record<string, string>> = {
  'inter/Inter-Regular.woff2': '@fontsource/inter/files/inter-latin-400-normal.woff2',
  'inter/Inter-Italic.woff2': '@fontsource/inter/files/inter-latin-400-italic.woff2',
  'inter/Inter-Medium.woff2': '@fontsource/inter/files/inter-latin-500-normal.woff2',
  'roboto/L0xTDF4xlVMF-BfR8bXMIhJHg45mwgGEFl0_3vrtSM1J-gEPT5Ese6hmHSh0mQ.woff2':
    '@fontsource/roboto-mono/files/roboto-mono-latin-400-normal.woff2',
};
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
/** In place of the few icons that Grafana's packages lack. */
const BLANK: Readonly<Record<string, string>> = { '.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>' };
const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>dashboards</title>
<link rel="icon" href="data:,"><script>window.grafanaBootData={settings:{},user:{},navTree:[]}</script><link rel="stylesheet" href="/page.css">
<style>html,body{height:auto;overflow:visible}body{background:#111217;margin:0}#page{padding:12px 16px}
.title{margin:0 0 12px;font-size:20px}</style></head>
<body><div id="page"></div><script type="module" src="/page.js"></script></body></html>`;

/** A server. */
export interface PageServer extends AsyncDisposable {
  readonly url: string;
}

/** Serves the page, which asks the Prometheus at `prometheus`. */
export async function servePage(prometheus: string): Promise<PageServer> {
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    const answered = pathname.startsWith('/api/v1/')
      ? passOn(`${prometheus}${pathname}${search}`, response)
      : giveOut(pathname, response);
    answered.catch((error: Error) => response.writeHead(502).end(error.message));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function passOn(url: string, response: ServerResponse): Promise<void> {
  const answer = await fetch(url);
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
}

async function giveOut(pathname: string, response: ServerResponse): Promise<void> {
  const file = fileOf(pathname);
  const content = pathname === '/' ? PAGE : await readFile(file ?? '').catch(() => BLANK[extname(pathname)]);
  if (content === undefined) {
    response.writeHead(404).end();
    return;
  }
  const type = TYPES[extname(file ?? '')] ?? 'text/html';
  response.writeHead(200, { 'content-type': type }).end(content);
}

/** The file a path means (SV1). */
function fileOf(pathname: string): string | undefined {
  if (pathname.includes('..')) return undefined;
  const [, icon] = /^\/public\/.*?img\/icons\/(.+)$/.exec(pathname) ?? [];
  if (icon !== undefined) return join(ICONS, icon);
  const [, font = ''] = /^\/public\/fonts\/(.+)$/.exec(pathname) ?? [];
  if (font in FONTS) return join(PACKAGES, FONTS[font] ?? '');
  const [, dashboard] = /^\/dashboards\/([\w-]+\.json)$/.exec(pathname) ?? [];
  return dashboard === undefined ? join(BUNDLE, pathname) : join(DASHBOARDS, dashboard);
}
