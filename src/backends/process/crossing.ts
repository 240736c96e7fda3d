/**
 * What telemetry is told of cancels on their way between processes.
 *
 * CX1. An edge leads from the scope that gave its token away to `_OTHER`: who was to be cancelled is known over there
 *      alone. Where the token was given to this process, it leads from `_OTHER`, whoever cancelled here, to that scope.
 *      With the sender at both ends it would look like a scope that loses its own cancels. The process over there counts
 *      what arrives, from the same scope to the one it reached.
 */
import { announceLossyBoundary, OTHER } from '../../instrumentation/index.ts';
import { hooks, type Propagated } from '../../token/index.ts';
import type { Part } from './held-token.ts';

announceLossyBoundary('process');

/** A cancel of what is called `name` came too late, or never arrived; `part` is that of whoever sent it. */
export function reportCrossing(
  name: string,
  result: Exclude<Propagated['result'], 'delivered'>,
  part: Part = 'gave',
): void {
  const [source, target] = part === 'given' ? [OTHER, name] : [name, OTHER]; // CX1
  hooks.propagated?.({ source, target, boundary: 'process', result });
}
