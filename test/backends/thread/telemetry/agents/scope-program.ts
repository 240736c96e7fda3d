/** The program of an agent that opens, cancels and ends scopes on its thread, as it is told. */
import { setImmediate as loopTurn } from 'node:timers/promises';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import {
  attachToken,
  nameThread,
  type SharedTokenHandle,
  shareToken,
} from '../../../../../src/backends/thread/index.ts';
import {
  cancelScope,
  type CancellationReason,
  CancellationToken,
  configureTelemetry,
  everywhere,
  openScope,
  registerMonitor,
  type Scope,
  type ScopeOptions,
  type ScopeOutcome,
  type TelemetrySettings,
} from '../../../../../src/index.ts';
import { type Deferred, deferred } from '../../../../support/deferred.ts';
import { type Gate, open, pass } from '../../../../support/gate.ts';
import { serve } from '../../../../support/remote-calls.ts';
import { channelTo } from '../../../../support/thread-agent.ts';
import type { EventHook } from '../../../../../src/instrumentation/index.ts';
import { type RecordingMonitor, recordingMonitor } from '../../../../../src/testing/index.ts';
import { hooks, systemClock } from '../../../../../src/token/index.ts';
import { type SpanData, startTracing, type Tracing } from '../tracing.ts';
import { uncloneable } from './uncloneable.ts';

/** Options of a scope that can be sent; tokens and scopes by the names they have here. */
export interface AgentScopeOptions extends Omit<ScopeOptions, 'token' | 'parent'> {
  readonly token?: string;
  readonly parent?: string;
}

interface Running {
  readonly scope: Scope;
  readonly body: Deferred<unknown>;
  readonly ended: Promise<unknown>;
}

let tracing: Tracing | undefined;
let own: RecordingMonitor | undefined;
let registration: Disposable | undefined;
const tokens = new Map<string, CancellationToken>();
const scopes = new Map<string, Scope>();
const running = new Map<string, Running>();

class DeclinedError extends Error {}

/** Errors that cannot be sent as they are. */
const ERRORS = {
  plain: () => new Error('declined'),
  typed: () => new TypeError('declined'),
  subclass: () => new DeclinedError('declined'),
  hostile: () => Object.assign(new Error('odd'), { name: () => {} }),
} as const;

function found<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name);
  if (value === undefined) throw new Error(`the agent has no "${name}"`);
  return value;
}

function optionsOf({ token, parent, ...rest }: AgentScopeOptions): ScopeOptions {
  return {
    ...rest,
    ...(token !== undefined && { token: found(tokens, token) }),
    ...(parent !== undefined && { parent: found(scopes, parent) }),
  };
}

const commands = {
  name: (name: string): void => nameThread(name),
  make: (name: string): string => keep(name, new CancellationToken({ name })),
  attach: (name: string, handle: SharedTokenHandle): string => keep(name, attachToken(handle)),
  /** Shares a token, or a scope's. */
  share: (name: string): SharedTokenHandle => shareToken(tokens.get(name) ?? found(scopes, name).token),
  cancel: (name: string, reason?: CancellationReason, message?: string): boolean =>
    (tokens.get(name) ?? found(scopes, name)).cancel(reason, message),
  dispose: (name: string): void => found(tokens, name).dispose(),

  open(name: string, options: AgentScopeOptions = {}): string {
    const scope = openScope(name, optionsOf(options));
    scopes.set(name, scope);
    return scope.id;
  },
  close: (name: string): ScopeOutcome => found(scopes, name).close(),
  /** Runs a scope whose body waits for {@link finish}. */
  start(name: string, options: AgentScopeOptions = {}): string {
    const body = deferred<unknown>();
    scopes.delete(name);
    const ended = cancelScope(name, optionsOf(options), (scope) => {
      scopes.set(name, scope);
      return body.promise;
    });
    ended.catch(() => {});
    const scope = found(scopes, name); // there is none if it was cancelled before it began
    running.set(name, { scope, body, ended });
    return scope.id;
  },
  /** Has the body return or throw, and waits for the end of the scope. */
  async finish(name: string, error?: keyof typeof ERRORS): Promise<ScopeOutcome | undefined> {
    const { scope, body, ended } = found(running, name);
    if (error === undefined) body.resolve('done');
    else body.reject(ERRORS[error]());
    await ended.catch(() => {});
    return scope.outcome;
  },
  /** Scopes one in another, opened and closed in order: `names`, outermost first. */
  nest(names: readonly string[], options: AgentScopeOptions = {}): Promise<void> {
    const [name, ...rest] = names;
    return name === undefined ? Promise.resolve() : cancelScope(name, optionsOf(options), () => commands.nest(rest));
  },
  /** Looks whether it is cancelled. */
  look: (name: string): boolean => found(scopes, name).isCancelled,
  listen: (name: string): void => void found(scopes, name).onCancel(() => {}),
  /** Reports progress, in a turn of its own; null stands for what cannot be sent. */
  async report(name: string, progress: unknown): Promise<void> {
    found(scopes, name).report(progress ?? uncloneable());
    await loopTurn();
  },
  /**
   * Opens and closes so many scopes, with no turn of the event loop, and then opens the gate, if there is one. Before
   * that, closes the scope `ending`, and opens `beginning`.
   */
  burst(
    name: string,
    count: number,
    done?: Gate,
    { ending, beginning }: { ending?: string; beginning?: string } = {},
  ): void {
    for (let i = 0; i < count; i++) openScope(name).close();
    if (ending !== undefined) commands.close(ending);
    if (beginning !== undefined) commands.open(beginning);
    if (done !== undefined) open(done);
  },
  /** A scope described by what cannot be sent. */
  odd: (name: string): void => void openScope(name, { attributes: uncloneable() as never }).close(),

  snapshot: (withinMs?: number) => everywhere.snapshot(withinMs === undefined ? {} : { withinMs }),
  cancelEverywhere: (id: string, reason?: CancellationReason, message?: string) =>
    everywhere.cancel(id, reason, message),
  causeOf: (name: string) => (tokens.get(name) ?? found(scopes, name)).cause?.toJSON(),

  /** Registers a monitor here, with such settings of the detectors, until {@link monitored} is asked what it heard. */
  monitor(settings: Partial<TelemetrySettings> = {}): void {
    configureTelemetry(settings);
    own = recordingMonitor();
    registration = registerMonitor(own);
  },
  monitored(): readonly EventHook[] {
    registration?.[Symbol.dispose]();
    configureTelemetry({ slowMs: 500, ignoredMs: 100 });
    return own?.sequence() ?? [];
  },
  /** Starts an OpenTelemetry SDK of this thread's own. */
  trace(): void {
    tracing = startTracing();
  },
  /** Stops it, and gives its spans by name. */
  traced(): Record<string, SpanData> {
    tracing?.[Symbol.dispose]();
    return tracing?.spans() ?? {};
  },
  /** Cancels where a span of that name is active. */
  cancelInSpan: (span: string, name: string): boolean | undefined => tracing?.inSpan(span, () => commands.cancel(name)),
  /** The events somebody listens to here. */
  listening: (): string[] => Object.entries(hooks).flatMap(([hook, listener]) => (listener === null ? [] : [hook])),
  /** The time here, as the other side's clock would read it. */
  now: (): bigint => systemClock.toMonotonicNs(systemClock.now()),
  /** Blocks until the gate opens, having said at another that it is about to. */
  block(blocked: Gate, until: Gate): void {
    open(blocked);
    pass(until);
  },
  exit: (code: number): never => process.exit(code),
  crash(): void {
    setImmediate(() => {
      throw new Error('crashed as told');
    });
  },
  /** Ends by itself: nothing keeps it. */
  leave: (): void => parentPort?.unref(),
};

function keep(name: string, token: CancellationToken): string {
  tokens.set(name, token);
  return token.id;
}

export type ScopeCommands = typeof commands;

const { handle, name } = (workerData ?? {}) as { handle?: SharedTokenHandle; name?: string };
if (name !== undefined) nameThread(name);
if (handle !== undefined) commands.attach('given', handle);
serve(commands, channelTo(parentPort as MessagePort));
