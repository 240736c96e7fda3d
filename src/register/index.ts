/**
 * Zero-code mode: `node --import cancelscope/register app.js` observes a service that knows nothing of cancelscope.
 *
 * Z20. It observes and changes nothing: no argument, return value, order, identity or exception, and no handler sees a
 *     cancel it would not have seen. What is observed is not the ambient scope: a scope of the program's own inside it
 *     would be cancelled with it.
 * Z3. It starts once an isolate, whichever copy is loaded first, and never throws: what cannot be started is said on
 *     stderr.
 */
import { sharedSlot } from '../token/index.ts';
import { start } from './start.ts';
import { warn } from './warn.ts';

export { type SignalOrigin, signalOrigin } from './signal-origin.ts';

sharedSlot('register', () => {
  try {
    start(process.env);
  } catch (error) {
    warn(`could not start, and observes nothing: ${String(error)}`); // Z3
  }
  return true;
});
