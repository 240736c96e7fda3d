/** What a program can find out about its platform: all of it must be the same with and without an observer. */
'use strict';

function thrown(run) {
  try {
    return { value: String(run()) };
  } catch (error) {
    return { name: error.name, code: error.code, message: error.message, isTypeError: error instanceof TypeError };
  }
}

function described(owner, key) {
  const { value: method, ...flags } = Object.getOwnPropertyDescriptor(owner, key);
  return {
    flags,
    name: method.name,
    length: method.length,
    text: method.toString(),
    keys: Reflect.ownKeys(method).map(String),
    isFunction: typeof method === 'function' && Object.getPrototypeOf(method) === Function.prototype,
    constructs: thrown(() => new method()).isTypeError,
    keysOfOwner: Reflect.ownKeys(owner).map(String),
  };
}

/** Which events have how many listeners. */
function listeners(emitter) {
  return Object.fromEntries(emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)]));
}

exports.facts = (request, response) => {
  const { abort } = AbortController.prototype;
  const { timeout, any } = AbortSignal;
  const order = [];
  const controller = new AbortController();
  const follower = AbortSignal.any([controller.signal]);
  const note = (what, is) => order.push(`${what}: ${String(is)}`);
  controller.signal.addEventListener('abort', () => note('own', controller.signal.reason === mine));
  follower.addEventListener('abort', () => note('follower', follower.reason === mine));
  const mine = { reason: 'mine' };
  note('returned', controller.abort(mine));
  note('same', controller.signal.reason === mine);
  note('again', controller.abort(new Error('late')));
  note('still', controller.signal.reason === mine);
  let walked = 0;
  const walk = () => [controller.signal].values().map((signal) => (walked++, signal));
  note('any of what can be walked', any({ [Symbol.iterator]: walk }).aborted);
  class List extends Array {
    static get [Symbol.species]() {
      walked++;
      return Array;
    }
  }
  note('any of a list', any(List.from([controller.signal])).aborted);
  note('walked', walked);
  const plain = new AbortController();
  plain.abort();
  const explicit = new AbortController();
  explicit.abort(undefined);
  return {
    methods: [
      described(AbortController.prototype, 'abort'),
      described(AbortSignal, 'timeout'),
      described(AbortSignal, 'any'),
    ],
    order,
    defaults: [plain, explicit].map(({ signal: { reason } }) => [reason.name, reason.code, reason.message]),
    errors: [
      thrown(() => abort.call({})),
      thrown(() => Reflect.apply(abort, undefined, [])),
      thrown(() => abort.call(new Proxy(new AbortController(), {}))),
      thrown(() => timeout()),
      thrown(() => timeout(-1)),
      thrown(() => timeout('soon')),
      thrown(() => Reflect.apply(timeout, undefined, [60_000]).aborted),
      thrown(() => any()),
      thrown(() => any([1])),
      thrown(() => any(new Set([plain.signal])).aborted),
      thrown(
        () =>
          any(
            (function* () {
              yield plain.signal;
            })(),
          ).aborted,
      ),
      thrown(() => any([]).aborted),
    ],
    listeners: [listeners(request), listeners(response)],
    own: [Reflect.ownKeys(request).map(String), Reflect.ownKeys(response).map(String)],
    stack: new Error('here').stack,
    globals: Object.keys(globalThis),
  };
};
