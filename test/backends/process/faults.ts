/** Faults of a channel: our messages lost, doubled or late. A program's own pass untouched. */
import type { ChildProcess } from 'node:child_process';

type Send = (message: { cancelscope?: unknown }, ...rest: unknown[]) => boolean;

/** From now on half of what is sent through `end` goes wrong in one of three ways, as `seed` has it. */
export function injectFaults(end: ChildProcess | NodeJS.Process, seed: number): void {
  const send = Reflect.get(end, 'send') as Send;
  let state = seed;
  const faulty: Send = (message, ...rest) => {
    const pass = (): boolean => Reflect.apply(send, end, [message, ...rest]);
    if (message.cancelscope !== 'link') return pass();
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff;
    const fate = (state >>> 16) % 6;
    if (fate === 0) return true;
    if (fate === 1) return pass() && pass();
    if (fate === 2) setImmediate(() => setImmediate(pass));
    return fate === 2 || pass();
  };
  Reflect.set(end, 'send', faulty);
}
