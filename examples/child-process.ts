import { fork } from 'node:child_process';
import { cancelScope, CancellationToken } from 'cancelscope';
import { attachToken, type ProcessTokenHandle, shareToken } from 'cancelscope/process';

/** In the child: works until the parent has enough. Messages of the library carry a mark, `cancelscope`. */
function work(message: { stop?: ProcessTokenHandle }): void {
  if (message.stop === undefined) return;
  const stop = attachToken(message.stop);
  cancelScope('resize', { token: stop }, (scope) => {
    process.send?.('at work');
    return scope.race(new Promise(() => {}));
  }).catch((error: Error) => {
    process.send?.(error.message, () => process.disconnect());
  });
}

if (process.send === undefined) {
  const child = fork(import.meta.filename);
  const stop = new CancellationToken({ name: 'stop' });
  child.send({ stop: shareToken(stop, child) });
  child.on('message', (message) => {
    console.log('child:', message);
    if (message === 'at work') console.log('parent:', stop.cancel('disconnect', 'the client is gone'));
  });
} else {
  process.on('message', work);
}

/* prints:
child: at work
parent: true
child: "resize" was cancelled: parent (disconnect of "stop"): the client is gone
*/
