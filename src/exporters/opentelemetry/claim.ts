/**
 * The claim: which monitor speaks to the global OpenTelemetry providers.
 *
 * C1. One at a time: `registerMonitor(openTelemetryMonitor())` beside a `CancellationInstrumentation` would send
 *     everything twice. The first to see an event speaks; the other is silent until the first is unregistered.
 * C2. A monitor that was given a provider of its own sends elsewhere, on purpose: it neither claims nor waits.
 * C3. The claim is the process's: the ESM and the CJS copy of this file share it.
 */
import { diag } from '@opentelemetry/api';

const SLOT = Symbol.for('cancelscope.opentelemetry.claim');

interface Slot {
  owner: unknown;
}

const slot = ((globalThis as { [SLOT]?: Slot })[SLOT] ??= { owner: undefined }); // C3

/** One monitor's claim (C1). */
export class Claim {
  readonly #exempt: boolean;
  #warned = false;

  /** @param exempt - Whether it has providers of its own (C2). */
  constructor(exempt: boolean) {
    this.#exempt = exempt;
  }

  /** Whether this monitor may speak; takes the claim if it is free. */
  held(): boolean {
    if (this.#exempt || slot.owner === this) return true;
    if (slot.owner !== undefined) {
      if (!this.#warned) diag.warn('cancelscope: a second OpenTelemetry monitor is registered; it sends nothing');
      this.#warned = true;
      return false;
    }
    slot.owner = this;
    return true;
  }

  /** Gives it back, so that another monitor may speak. */
  release(): void {
    if (slot.owner === this) slot.owner = undefined;
  }
}
