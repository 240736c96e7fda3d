/** A task as a CommonJS module, which loads another copy of the package than the thread it runs on. */
const { currentScope } = require('cancelscope');

module.exports = (data, scope) => ({
  data,
  isCurrent: currentScope() === scope,
  name: scope.name,
  inTime: scope.remainingMs > 0 && scope.remainingMs < 60_000,
});

module.exports.look = (there, scope) => {
  Atomics.store(there, 0, 1);
  for (;;) scope.throwIfCancelled();
};
