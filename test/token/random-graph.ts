/**
 * Runs random operations on real tokens and on the reference model side by side, also from inside listeners, and notes
 * every difference. Nothing is thrown on the way: a listener's throw would be isolated, as rule T4 wants it.
 */
import { getEventListeners } from 'node:events';
import {
  type CancellationCause,
  CancellationToken,
  openScope,
  type Registration,
  type Scope,
} from '../../src/index.ts';
import { type ModelSignal, type ModelToken, ReferenceModel } from './reference-model.ts';

/** One step; numbers choose among what is there, modulo how many there are. */
export type Operation =
  | { readonly do: 'cancel' | 'dispose' | 'abort' | 'unregister'; readonly at: number }
  | { readonly do: 'register'; readonly at: number; readonly inside: readonly Operation[]; readonly end: Ending }
  | { readonly do: 'make'; readonly kind: Kind; readonly from: readonly number[]; readonly signal: number | undefined };
export type Ending = 'returns' | 'throws' | 'rejects';
export type Kind = 'child' | 'any' | 'all' | 'scope';

interface Subject {
  readonly token: CancellationToken;
  readonly model: ModelToken;
  readonly scope: Scope | undefined;
  cause: CancellationCause | undefined;
}

interface Listener {
  readonly subject: Subject;
  state: 'waiting' | 'ran' | 'off';
  registration: Registration | undefined;
}

/** Enough for any program; a listener that makes listeners stops there. */
const LONGEST_RUN = 400;

export class RandomGraph {
  /** What went against a rule, in words. */
  readonly violations: string[] = [];
  readonly #model = new ReferenceModel();
  readonly #subjects: Subject[] = [];
  readonly #signals: { readonly controller: AbortController; readonly model: ModelSignal }[] = [];
  readonly #listeners: Listener[] = [];
  #steps = 0;

  constructor() {
    this.#add(new CancellationToken(), undefined, null, [], 'any');
    this.#add(undefined, openScope('root', { detached: true }), null, [], 'any');
    for (let index = 0; index < 2; index++) {
      this.#signals.push({ controller: new AbortController(), model: { aborted: false } });
    }
  }

  /** Runs a program, checks after each step, and ends everything it made. */
  run(program: readonly Operation[]): void {
    for (const operation of program) {
      this.#perform(operation);
      this.#check('after a step');
      this.#checkNobodyWaits();
      this.#checkCauses();
      this.#checkSignals();
    }
    for (const { scope } of this.#subjects.toReversed()) scope?.close();
    for (const { token } of this.#subjects) token.dispose();
    this.#signals.forEach(({ controller }) =>
      this.#expect('a listener was left on a signal', getEventListeners(controller.signal, 'abort').length === 0),
    );
  }

  #perform(operation: Operation): void {
    if (++this.#steps > LONGEST_RUN) return;
    switch (operation.do) {
      case 'cancel':
        return this.#cancel(pick(this.#subjects, operation.at));
      case 'dispose':
        return this.#dispose(pick(this.#subjects, operation.at));
      case 'abort':
        return this.#abort(operation.at);
      case 'register':
        return this.#register(pick(this.#subjects, operation.at), operation.inside, operation.end);
      case 'unregister':
        return this.#unregister(operation.at);
      case 'make':
        return this.#make(operation);
    }
  }

  #cancel({ token, model }: Subject): void {
    const expected = this.#model.cancel(model);
    const won = token.cancel('shutdown');
    this.#expect('T1: cancel told the wrong winner', won === expected);
  }

  #dispose({ token, model, scope }: Subject): void {
    if (scope !== undefined) return; // a scope ends its own token
    this.#model.dispose(model);
    for (const listener of this.#listeners) {
      if (listener.subject.model === model && listener.state === 'waiting' && model.state === 'disposed') {
        listener.state = 'off';
      }
    }
    token.dispose();
  }

  #abort(at: number): void {
    const { controller, model } = pick(this.#signals, at);
    if (model.aborted) return;
    this.#model.abort(model);
    controller.abort();
  }

  #register(subject: Subject, inside: readonly Operation[], end: Ending): void {
    const late = subject.model.state === 'cancelled';
    const listener: Listener = {
      subject,
      state: subject.model.state === 'disposed' ? 'off' : 'waiting',
      registration: undefined,
    };
    this.#listeners.push(listener);
    listener.registration = subject.token.onCancel(
      () => {
        this.#heard(listener, late);
        for (const operation of inside) this.#perform(operation);
        if (end === 'throws') throw new Error('a listener may throw');
        return end === 'rejects' ? Promise.reject(new Error('a listener may reject')) : undefined;
      },
      { bind: inside.length > 0 },
    );
    if (late) this.#expect('T5: a late listener did not run at once', (listener as { state: string }).state === 'ran');
  }

  #heard(listener: Listener, late: boolean): void {
    const { subject } = listener;
    this.#expect('T3: a listener ran twice, or after it was taken off', listener.state === 'waiting');
    listener.state = 'ran';
    this.#check('T2: while a listener runs');
    if (late) return;
    const place = this.#listeners.indexOf(listener);
    for (const [index, other] of this.#listeners.entries()) {
      if (other.state !== 'waiting') continue;
      this.#expect('T3: a later registration ran first', other.subject !== subject || index > place);
      this.#expect(
        'T3: an inner listener ran before an outer one',
        !this.#model.isOuter(other.subject.model, subject.model),
      );
    }
  }

  #unregister(at: number): void {
    if (this.#listeners.length === 0) return;
    const listener = pick(this.#listeners, at);
    if (listener.registration === undefined) return; // it is being registered
    const inTime = listener.registration.dispose();
    this.#expect('T7: dispose told the wrong winner', inTime === (listener.state === 'waiting'));
    if (inTime) listener.state = 'off';
  }

  #make({ kind, from, signal }: Operation & { do: 'make' }): void {
    const sources = from.map((at) => pick(this.#subjects, at));
    const first = sources[0] as Subject;
    if (kind === 'child') return this.#add(first.token.child(), undefined, first.model, [], 'any');
    const foreign = signal === undefined ? undefined : pick(this.#signals, signal);
    if (kind === 'scope') {
      const parent = pick(
        this.#subjects.filter(({ scope }) => scope !== undefined),
        from.at(-1) ?? 0,
      );
      const scope = openScope('inner', {
        parent: parent.scope as Scope,
        token: first.token,
        ...(foreign !== undefined && { signal: foreign.controller.signal }),
      });
      const models = foreign === undefined ? [first.model] : [first.model, foreign.model];
      return this.#add(undefined, scope, parent.model, models, 'any');
    }
    const given = sources.map(({ token }, index) => (index % 2 === 0 ? token : token.readonly()));
    const token = CancellationToken[kind](foreign === undefined ? given : [...given, foreign.controller.signal]);
    const models = sources.map(({ model }) => model);
    this.#add(token, undefined, null, foreign === undefined ? models : [...models, foreign.model], kind);
  }

  #add(
    token: CancellationToken | undefined,
    scope: Scope | undefined,
    parent: ModelToken | null,
    sources: readonly (ModelToken | ModelSignal)[],
    quorum: 'any' | 'all',
  ): void {
    const real = token ?? (scope as Scope).token;
    const model = this.#model.make(parent, sources, quorum);
    this.#subjects.push({ token: real, model, scope, cause: undefined });
  }

  #check(when: string): void {
    for (const [index, { token, model }] of this.#subjects.entries()) {
      const expected = model.state === 'cancelled';
      this.#expect(`${when}, token ${index} should read ${expected}`, token.isCancelled === expected);
    }
  }

  #checkNobodyWaits(): void {
    for (const { state, subject } of this.#listeners) {
      this.#expect('T3: a listener never ran', state !== 'waiting' || subject.model.state === 'live');
    }
  }

  #checkCauses(): void {
    for (const subject of this.#subjects) {
      const { cause } = subject.token;
      subject.cause ??= cause;
      this.#expect('C1: a cause changed', subject.cause === cause);
      this.#expect(
        'C1: a cancelled token has no cause',
        (cause !== undefined) === (subject.model.state === 'cancelled'),
      );
      if (cause?.reason === 'parent') this.#expect('C1: a root derives from more', cause.root.parent === undefined);
      if (cause?.reason === 'parent') this.#expect('C1: a root is only a parent', cause.root.reason !== 'parent');
    }
  }

  #checkSignals(): void {
    for (const { controller, model } of this.#signals) {
      const listeners = getEventListeners(controller.signal, 'abort').length;
      this.#expect('T11: not one listener a watched signal', listeners === (this.#model.isWatched(model) ? 1 : 0));
    }
  }

  #expect(rule: string, holds: boolean): void {
    if (!holds) this.violations.push(rule);
  }
}

function pick<T>(list: readonly T[], at: number): T {
  return list[at % list.length] as T;
}
