/**
 * What the scope of a request is called (H3): its method and its route's template, as metrics can carry it.
 */

/** A parameter's pattern: `:id(\d+)`, `:id{[0-9]+}`. */
const PATTERN = /(:\w+)(?:\([^)]*\)|\{[^}]*\})/g;
/** What may be left out: `{/:id}`. */
const OPTIONAL = /\{([^{}]*[:*][^{}]*)\}/g;
/** `:id`, `:id?` and `*path`. */
const PARAMETER = /[:*]([A-Za-z_]\w*)[?*+]?/g;

/** `get:/orders/{id}` for `GET` and `/orders/:id`. */
export function routeName(method: string, template: string): string {
  const path = template
    .replace(PATTERN, '$1')
    .replace(OPTIONAL, '$1')
    .replace(PARAMETER, '{$1}')
    .replaceAll(/\/{2,}/g, '/');
  return `${method.toLowerCase()}:${path === '' ? '/' : path}`;
}
