/** Attaches the token in its arguments, and listens for messages of its own only once that is cancelled. */
import { attachToken, type ProcessTokenHandle } from '../../../../src/backends/process/index.ts';

const token = attachToken(JSON.parse(process.argv[2] ?? '') as ProcessTokenHandle);
const alive = setInterval(() => {}, 60_000);
token.onCancel(() => {
  clearInterval(alive);
  const seen: unknown[] = [];
  process.on('message', (message) => {
    seen.push(message);
    if (message !== 'done') return;
    process.send?.(seen);
    process.disconnect();
  });
});
