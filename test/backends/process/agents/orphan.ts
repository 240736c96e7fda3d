/** Attaches what its parent sends, goes on working, and prints why it stopped. */
import { attachToken, type ProcessTokenHandle } from '../../../../src/backends/process/index.ts';
import { cancelScope, isCancelled } from '../../../../src/index.ts';

process.once('message', ({ stop }: { stop: ProcessTokenHandle }) => {
  const token = attachToken(stop);
  process.send?.('attached');
  const alive = setTimeout(() => process.exit(1), 20_000); // nobody is left to end it if it does not stop
  void cancelScope('work', { token }, (scope) => scope.race(new Promise(() => {})))
    .catch((error: unknown) => {
      console.log(JSON.stringify({ isCancelled: isCancelled(error, 'error'), cause: token.cause }));
    })
    .finally(() => clearTimeout(alive));
});
