/** Questions more than one dashboard asks. */
import type { LabelOf } from './expression.ts';
import { type Query, share } from './query.ts';

/** Share of cancelled scopes whose body returned a value all the same. */
export function ignoredShare(
  slice: { readonly by?: readonly LabelOf<'scopesSettled'>[]; readonly over?: string } = {},
): Query {
  return share('scopesSettled', {
    ...slice,
    part: { outcome: 'ignored' },
    whole: { outcome: ['cancelled', 'ignored', 'abandoned'] },
  });
}
