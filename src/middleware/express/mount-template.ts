/**
 * Where a route is mounted, as a template: `/tenants/{tenant}` of `/tenants/42`.
 *
 * XR1. What a client sent never gets into a name (H3). A mount whose template cannot be told is `/{mount}`.
 */
import type { Application, Layer, Match, RoutedRequest, Route, Router } from './router-shapes.ts';

/** What stands for a mount that cannot be told (XR1). */
const UNKNOWN = '/{mount}';

/** Of a route, the mounts without parameters that it was found under. */
const fixedMounts = new WeakMap<Route, Set<string>>();

/** The template of the path that comes before the route's own; empty if there is none. */
export function mountTemplate(request: RoutedRequest, route: Route, home: Application | undefined): string {
  const { baseUrl = '' } = request;
  if (baseUrl === '' || fixedMounts.get(route)?.has(baseUrl) === true) return baseUrl;
  const template = search(route, baseUrl, lineOf(request.app, home)) ?? UNKNOWN;
  if (template === baseUrl) remember(route, template);
  return template;
}

function remember(route: Route, mount: string): void {
  const known = fixedMounts.get(route);
  if (known === undefined) fixedMounts.set(route, new Set([mount]));
  else known.add(mount);
}

/** The applications a request went through, the outermost first. `home`: where it came in, for those that say no parent. */
function lineOf(app: Application | undefined, home: Application | undefined): Application[] {
  const line: Application[] = [];
  for (let each = app; each !== undefined; each = each.parent) line.unshift(each);
  let root = home;
  while (root?.parent !== undefined) root = root.parent;
  return root === undefined || line.includes(root) ? line : [root, ...line];
}

/** Follows the routers down to the route, along what the request has matched so far. */
function search(route: Route, baseUrl: string, line: readonly Application[]): string | undefined {
  const below = (router: Router | undefined, rest: string, depth: number): string | undefined => {
    for (const layer of router?.stack ?? []) {
      if (layer.route === route && rest === '') return '';
      if (layer.route !== undefined) continue;
      const isApplication = layer.name === 'mounted_app';
      const inner = isApplication
        ? routerOf(line[depth + 1])
        : routerOf(layer.handle as unknown as Application & Router);
      const match = inner === undefined ? undefined : matchOf(layer, rest === '' ? '/' : rest);
      if (match === undefined || !rest.startsWith(match.path)) continue;
      const found = below(inner, rest.slice(match.path.length), isApplication ? depth + 1 : depth);
      if (found !== undefined) return match.template + found;
    }
    return undefined;
  };
  return below(routerOf(line[0]), baseUrl, 0);
}

function routerOf(handle: (Application & Partial<Router>) | undefined): Router | undefined {
  if (handle === undefined) return undefined;
  if (Array.isArray(handle.stack)) return handle as Router;
  return '_router' in handle ? handle._router : handle.router;
}

/** What a mount matched of a path, as it came and as a template. */
interface Mounted {
  readonly path: string;
  readonly template: string;
}

function matchOf(layer: Layer, path: string): Mounted | undefined {
  if (layer.regexp !== undefined) return regexpMatch(layer.regexp, layer.keys ?? [], path);
  try {
    const match = layer.match(path);
    if (match === false) return undefined;
    const { path: matched = '', params = {}, pattern } = match === true ? (layer as Partial<Match>) : match;
    const own = withoutSlash(matched);
    return { path: own, template: templateOf(layer, own, params, pattern) };
  } catch {
    return undefined; // it cannot be decoded: Express has passed it by too
  }
}

function templateOf(layer: Layer, path: string, params: Match['params'], pattern: unknown): string {
  if (typeof pattern === 'string') return withoutSlash(pattern);
  const isExpression = pattern instanceof RegExp || layer.matchers?.some(({ name }) => name === 'regexpMatcher');
  return isExpression === true ? UNKNOWN : substituted(path, params);
}

/** Of Express 4: what the groups of its expression matched are the parameters. */
function regexpMatch(
  regexp: NonNullable<Layer['regexp']>,
  keys: NonNullable<Layer['keys']>,
  path: string,
): Mounted | undefined {
  if (regexp.fast_slash === true) return { path: '', template: '' };
  const match = new RegExp(regexp.source, `${regexp.flags}d`).exec(path);
  if (match === null) return undefined;
  const written = regexp.source.replaceAll(/\\|\(\?:/g, '').toLowerCase();
  const matched = withoutSlash(match[0]);
  let template = '';
  let from = 0;
  for (let group = 1; group <= match.length; group++) {
    const [start, end] =
      group === match.length ? [matched.length, matched.length] : (match.indices?.[group] ?? [from, from]);
    if (start < from) continue; // a group within a group
    const fixed = matched.slice(from, start).toLowerCase();
    if (!written.includes(fixed)) return { path: matched, template: UNKNOWN }; // a class of characters: not fixed at all
    template += end > start ? `${fixed}{${keys[group - 1]?.name ?? group}}` : fixed;
    from = end;
  }
  return { path: matched, template };
}

/** For routers that keep no template: the matched path, its parameters' values made their names. */
function substituted(path: string, params: Match['params']): string {
  let template = decodeURIComponent(path);
  const names = Object.keys(params);
  for (const [index, name] of names.entries()) {
    const value = params[name];
    const text = Array.isArray(value) ? value.join('/') : String(value);
    const at = template.lastIndexOf(text);
    if (at < 0) return UNKNOWN;
    template = `${template.slice(0, at)}\0${index}\0${template.slice(at + text.length)}`; // no value is found in a name
  }
  return template.toLowerCase().replaceAll(/\0(\d+)\0/g, (_, index: string) => `{${names[Number(index)]}}`);
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}
