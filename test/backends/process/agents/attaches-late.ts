/**
 * Listens for messages of its own from the start, as a worker with a queue does; attaches the token it was sent only when
 * told to, after `count` messages that are not its own have passed by unseen.
 */
import { attachToken, type ProcessTokenHandle } from '../../../../src/backends/process/index.ts';

const count = Number(process.argv[2]);
let handle: ProcessTokenHandle | undefined;
let passed = 0;

process.on('message', (message: { cancelscope?: unknown; stop?: ProcessTokenHandle; attach?: true }) => {
  if (message.cancelscope === 'link' && ++passed === count) process.send?.('passed');
  handle ??= message.stop;
  if (message.attach !== true || handle === undefined) return;
  const { cause } = attachToken(handle);
  if (cause !== undefined) report(cause.toJSON());
  else attachToken(handle).onCancel((late) => report(late.toJSON()));
});

function report(cause: unknown): void {
  process.send?.({ cause });
  process.disconnect();
}
