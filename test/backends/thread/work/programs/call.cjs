/** Runs a task and stops another with whichever copy of the package it is given, and prints what came of it. */
const { join } = require('node:path');

module.exports = async function call({ cancelScope, currentScope, isCancelled }, task) {
  const file = join(__dirname, task);
  const there = new Int32Array(new SharedArrayBuffer(4));
  const result = await cancelScope('caller', { timeoutMs: 60_000 }, (scope) => scope.runInWorker(file, 'data'));
  const looking = cancelScope('looking', async (scope) => {
    const running = scope.runInWorker({ file, name: 'look' }, there);
    while (Atomics.load(there, 0) === 0) await new Promise((resolve) => setImmediate(resolve));
    scope.cancel('superseded');
    return running;
  });
  const error = await looking.catch((caught) => caught);
  console.log(
    JSON.stringify({ ...result, stopped: isCancelled(error, 'superseded'), ambient: currentScope() ?? null }),
  );
};
