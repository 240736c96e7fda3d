/**
 * Cancelling tokens of other threads, and handing tokens over.
 *
 * A wake is counted from right before the call that cancels to the first line of the listener.
 */
import { MessageChannel } from 'node:worker_threads';
import { against, COLLECTED, type Field, OURS, type Row, type Slack } from '../row.ts';
import * as attach from '../threads/attach.ts';
import { between, FIRED_AT, HEARD_AT, RETURNED_AT } from '../threads/memory.ts';
import { connect, Peer } from '../threads/peer.ts';
import { beWoken, prepareToWake, wakeOther } from '../threads/wake.ts';
import * as ways from '../threads/ways.ts';

const WAKES: Slack = {
  tolerance: 0.1,
  because: 'how fast a thread wakes is up to the machine, and changes with its load',
};
const LISTENING = {
  contenders: [OURS, ways.PORT, ways.SIGNAL, ways.DOORBELL],
  targets: [against(ways.PORT, 1.5, WAKES), against(ways.SIGNAL, 0.45, WAKES)],
};

/** The main thread wakes another. `to` is what is counted up to, `ours` what ours is called among the ways. */
async function fromMain(to: number, ours: string = ways.TOKEN): Promise<Field> {
  const stack = new AsyncDisposableStack();
  const peer = stack.use(new Peer());
  const [here, there] = connect();
  await peer.ask({ kind: 'be woken', end: there.end }, there.ports);
  prepareToWake(here.end, ours);
  return {
    sample(contender) {
      wakeOther(here.end, contender === OURS ? ours : contender);
      return between(here.end, FIRED_AT, to);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Another thread wakes the main one. */
async function fromWorker(): Promise<Field> {
  const stack = new AsyncDisposableStack();
  const peer = stack.use(new Peer());
  const [here, there] = connect();
  stack.defer(() => here.end.port.close());
  stack.defer(() => here.end.wired.close());
  beWoken(here.end);
  await peer.ask({ kind: 'wake from now on', end: there.end, name: ways.TOKEN }, there.ports);
  return {
    async sample(name) {
      await peer.ask({ kind: 'wake', name });
      return between(here.end, FIRED_AT, HEARD_AT);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Another thread wakes a third. */
async function betweenWorkers(): Promise<Field> {
  const stack = new AsyncDisposableStack();
  const waking = stack.use(new Peer());
  const woken = stack.use(new Peer());
  const [near, far] = connect();
  await woken.ask({ kind: 'be woken', end: far.end }, far.ports);
  await waking.ask({ kind: 'wake from now on', end: near.end, name: ways.TOKEN }, near.ports);
  return {
    async sample(name) {
      await waking.ask({ kind: 'wake', name });
      return between(near.end, FIRED_AT, HEARD_AT);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** The main thread hands over to another. */
async function handOver(): Promise<Field> {
  const stack = new AsyncDisposableStack();
  const peer = stack.use(new Peer());
  const { port1, port2 } = new MessageChannel();
  await peer.ask({ kind: 'take from now on', port: port2 }, [port2]);
  return {
    async sample(name) {
      const { ns, end } = attach.sendBatch(name, port1);
      const taking = (await peer.ask({ kind: 'take', name })) as number;
      end();
      return attach.each(ns + taking);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

export const threadRows: readonly Row[] = [
  {
    kind: 'samples',
    name: 'cross-thread wake p50',
    standsFor: 'the main thread cancels what a worker waits for',
    ...LISTENING,
    start: () => fromMain(HEARD_AT),
  },
  {
    kind: 'samples',
    name: 'cross-thread wake p50, main is woken',
    standsFor: 'a worker cancels what the main thread waits for',
    ...LISTENING,
    start: fromWorker,
  },
  {
    kind: 'samples',
    name: 'cross-thread wake p50, by a worker',
    standsFor: 'a worker cancels what another worker waits for',
    ...LISTENING,
    start: betweenWorkers,
  },
  {
    kind: 'samples',
    name: 'cross-thread cancel, the call',
    standsFor: 'what the canceller pays: the cause is written down, and the other thread told',
    contenders: [OURS, ways.MESSAGE, ways.PORT, ways.DOORBELL, ways.SIGNAL],
    targets: [],
    start: () => fromMain(RETURNED_AT),
  },
  {
    kind: 'samples',
    name: 'cross-thread attach per token',
    standsFor: 'handing a token to a worker along with its work: create, share, attach',
    contenders: [attach.TOKEN, attach.SIGNAL, attach.TOKEN_MESSAGE, attach.MESSAGE],
    targets: [against(attach.SIGNAL, 0.1, COLLECTED)],
    start: handOver,
  },
  {
    kind: 'samples',
    name: 'blocked worker',
    standsFor: 'a worker inside Atomics.wait that must be stopped',
    contenders: [OURS, ways.ATOMICS],
    targets: [against(ways.ATOMICS, 1.5, WAKES)],
    start: () => fromMain(HEARD_AT, ways.TOKEN_BLOCKED),
  },
];
