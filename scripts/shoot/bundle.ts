/** The page as files a browser loads. */
import { join } from 'node:path';
import { build } from 'esbuild';

const FOLDER = import.meta.dirname;

/** Where the files are. */
export const BUNDLE = join(FOLDER, '.tmp');

/** Bundles the page. */
export async function bundlePage(): Promise<void> {
  await build({
    entryPoints: { page: join(FOLDER, 'page/main.jsx') },
    outdir: BUNDLE,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    loader: { '.woff': 'file', '.woff2': 'file', '.svg': 'file', '.png': 'file', '.ttf': 'empty' },
    alias: { 'react-router-dom-v5-compat': 'react-router-dom' },
    define: { 'process.env.NODE_ENV': '"production"', 'process.env': '{}', global: 'globalThis' },
    nodePaths: [join(FOLDER, 'node_modules')],
    logLevel: 'error',
    logOverride: { 'empty-import-meta': 'silent' },
  });
}
