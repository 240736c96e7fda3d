/**
 * Options of a shutdown, and the checks that run once, at the call.
 */
import { Server } from 'node:net';
import { checkedMs, type Clock, InvalidArgumentError, systemClock } from '../../token/index.ts';

/** Something the service does at one moment of its shutdown. A promise is waited for like other open work. */
export type ShutdownStep = () => unknown;

/** Options of `shutdownScope`. Together the defaults stay under the 30 s that Kubernetes grants. */
export interface ShutdownOptions {
  /** Signals that begin it, such as `['SIGTERM', 'SIGINT']`; a second one forces it. Default none: no handler is installed. */
  readonly signals?: readonly NodeJS.Signals[];
  /** Servers of node:http, https, http2 or net to wind down; more can be added later. */
  readonly servers?: readonly Server[];
  /** How long it only announces itself, in ms, so that routers stop sending. Default 5 s; 0 without servers. */
  readonly announceMs?: number;
  /** How long open work may take to end by itself, in ms. Default 15 s. */
  readonly drainMs?: number;
  /** How long cancelled work may take to stop, in ms. Default 5 s. */
  readonly graceMs?: number;
  /** How long what was cut off may take to end, in ms, before it is left behind. Default 1 s. */
  readonly forceMs?: number;
  /** Which scopes it waits for and cancels: those under its own (`own`, default), or all that are open in this thread. */
  readonly scopes?: 'own' | 'all';
  /** What `Retry-After` should say meanwhile, in seconds. Default 1: another instance answers as soon as it is asked. */
  readonly retryAfterSeconds?: number;
  /** When it begins: the readiness check fails from here on. */
  readonly onAnnounce?: ShutdownStep;
  /** When no more work may be taken in: stop consuming queues, stop schedules. */
  readonly onStopIntake?: ShutdownStep;
  /** When what is left is cut off. */
  readonly onForce?: ShutdownStep;
  /** True: the process exits when it is over, with 1 if something was left running. Default false: never. */
  readonly exit?: boolean;
  /** What its scope is called. Default `shutdown`. */
  readonly name?: string;
  /** Where its time comes from; default the machine's. */
  readonly clock?: Clock;
}

/** Options with every default filled in. */
export type CheckedShutdownOptions = ShutdownOptions & Required<Pick<ShutdownOptions, keyof typeof DEFAULTS>>;

const DEFAULTS = {
  signals: [],
  servers: [],
  drainMs: 15_000,
  graceMs: 5_000,
  forceMs: 1_000,
  scopes: 'own',
  retryAfterSeconds: 1,
  exit: false,
  name: 'shutdown',
  clock: systemClock,
} as const satisfies ShutdownOptions;

/** @throws {InvalidArgumentError} naming the option that cannot be what it is. */
export function checkedOptions(given: ShutdownOptions): CheckedShutdownOptions {
  if (typeof given !== 'object' || given === null) throw new InvalidArgumentError('options', 'an object', given);
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const options: CheckedShutdownOptions = { ...DEFAULTS, ...(said as ShutdownOptions) };
  const { signals, servers, scopes, retryAfterSeconds, exit } = options;
  if (!Array.isArray(signals)) throw new InvalidArgumentError('signals', 'a list of names of OS signals', signals);
  if (!Array.isArray(servers)) throw new InvalidArgumentError('servers', 'a list of servers', servers);
  servers.forEach((server) => checkServer('servers', server));
  for (const name of ['announceMs', 'drainMs', 'graceMs', 'forceMs'] as const) checkedMs(name, options[name] ?? 0);
  if (scopes !== 'own' && scopes !== 'all') throw new InvalidArgumentError('scopes', '"own" or "all"', scopes);
  if (!Number.isSafeInteger(retryAfterSeconds) || retryAfterSeconds < 0) {
    throw new InvalidArgumentError('retryAfterSeconds', 'a whole number of seconds, 0 or more', retryAfterSeconds);
  }
  for (const name of ['onAnnounce', 'onStopIntake', 'onForce'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function') {
      throw new InvalidArgumentError(name, 'a function', options[name]);
    }
  }
  if (typeof exit !== 'boolean') throw new InvalidArgumentError('exit', 'true or false', exit);
  return options;
}

/** @throws {InvalidArgumentError} `server` is none of Node's. */
export function checkServer(argument: string, server: unknown): void {
  if (!(server instanceof Server)) {
    throw new InvalidArgumentError(argument, 'a server of node:http, https, http2 or net', server);
  }
}
