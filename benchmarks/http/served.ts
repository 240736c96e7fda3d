/** Servers on threads of their own. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { libraryEntries } from '../library.ts';
import type { Field } from '../row.ts';
import type { Framework } from './frameworks.ts';
import { Load } from './load.ts';

/** What a thread serves. */
export interface Served {
  readonly framework: Framework;
  readonly how: 'bare' | 'middleware' | 'middleware and metrics';
}

/** The same framework served in several ways, each by a thread of its own. */
export async function serveAll(framework: Framework, ways: Readonly<Record<string, Served['how']>>): Promise<Field> {
  const stack = new AsyncDisposableStack();
  const loads = new Map<string, Load>();
  for (const [name, how] of Object.entries(ways)) {
    const served: Served = { framework, how };
    const worker = new Worker(new URL('server-program.ts', import.meta.url), {
      argv: [],
      workerData: { ...libraryEntries, served },
    });
    stack.defer(async () => void (await worker.terminate()));
    const [port] = (await once(worker, 'message')) as [number];
    loads.set(name, stack.use(await Load.to(port)));
  }
  return {
    sample: (name) => (loads.get(name) as Load).sample(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
