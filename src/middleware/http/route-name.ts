/**
 * What the scope of a request is called (H3): its method and its route's template, as metrics can carry it.
 */

/** `:id`, `:id(\d+)`, `:id?`, `*splat` and `{id}` are one thing in all frameworks: a parameter. */
const PARAMETER = /\{?[:*]([A-Za-z_]\w*)(?:\([^)]*\))?[?*+]?\}?/g;

/** `get:/orders/{id}` for `GET` and `/orders/:id`. */
export function routeName(method: string, template: string): string {
  const path = template.replace(PARAMETER, '{$1}').replaceAll(/\/{2,}/g, '/');
  return `${method.toLowerCase()}:${path === '' ? '/' : path}`;
}
