/** Cancels `reply` when it is cancelled through `stop`; has given the primary a token of its own by then. */
import { attachToken, type ProcessTokenHandle, shareToken } from '../../../../src/backends/process/index.ts';
import { CancellationToken } from '../../../../src/index.ts';

process.once('message', (message: { stop: ProcessTokenHandle; reply: ProcessTokenHandle }) => {
  const [stop, reply] = [attachToken(message.stop), attachToken(message.reply)];
  stop.onCancel((cause) => reply.cancel('manual', `after ${cause.reason} ${cause.message}`));
  process.send?.({ theirs: shareToken(new CancellationToken({ name: 'theirs' })) });
});
process.send?.('ready');
