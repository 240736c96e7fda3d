// Loads the package twice in one process, as module and as CommonJS, and prints what the two agree on.
import { createRequire } from 'node:module';

const esm = await import('cancelscope');
const cjs = createRequire(import.meta.url)('cancelscope');

function errorOf({ CancellationToken }) {
  const token = new CancellationToken({ name: 'stop' });
  token.cancel('manual');
  try {
    token.throwIfCancelled();
  } catch (error) {
    return error;
  }
}

async function heardBy(listening, running) {
  const names = [];
  const registration = listening.registerMonitor({ scopeSettled: (scope) => names.push(scope.name) });
  await running.cancelScope('heard', () => {});
  registration[Symbol.dispose]();
  await running.cancelScope('not-heard', () => {});
  return names;
}

console.log(
  JSON.stringify({
    areTwoCopies: esm.CancelledError !== cjs.CancelledError,
    cjsKnowsErrorOfEsm: errorOf(esm) instanceof cjs.CancelledError,
    esmKnowsErrorOfCjs: errorOf(cjs) instanceof esm.CancelledError,
    ambientScopeOfEsmInCjs: await esm.cancelScope('outer', (scope) => cjs.currentScope()?.id === scope.id),
    ambientScopeOfCjsInEsm: await cjs.cancelScope('outer', (scope) => esm.currentScope()?.id === scope.id),
    reasonAcrossNestedCopies: await esm
      .cancelScope('outer', (outer) =>
        cjs.cancelScope('inner', (inner) => {
          outer.cancel('shutdown');
          inner.throwIfCancelled();
        }),
      )
      .catch((error) => error.cause.root.reason),
    cjsMonitorHears: await heardBy(cjs, esm),
    esmMonitorHears: await heardBy(esm, cjs),
  }),
);
