/**
 * The error of work whose thread ended under it.
 */
const BRAND = Symbol.for('cancelscope.WorkerExitedError');

/** A thread ended before its task did, and nobody had cancelled it: `process.exit()` in the task, or out of memory. */
export class WorkerExitedError extends Error {
  override readonly name = 'WorkerExitedError';
  readonly code = 'ERR_CANCELSCOPE_WORKER_EXITED';
  /** The exit code of the thread. */
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`the thread exited with code ${exitCode} before its task had ended`);
    this.exitCode = exitCode;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** @internal */
  get [BRAND](): true {
    return true;
  }
}
