/**
 * pino: cancels that are part of normal life are logged at debug, whatever level they were logged at; of a cancel the log
 * has the chain of causes, root first, instead of a stack. `pino(cancelAware)`
 */
import { explain, findCancelledError, isExpectedCancel } from 'cancelscope';
import { type LoggerOptions, stdSerializers } from 'pino';

/** An error as the log has it. */
function err(error: Error): object {
  const cancelled = findCancelledError(error);
  if (cancelled === undefined) return stdSerializers.errWithCause(error);
  const { reason, root } = cancelled.cause;
  return {
    type: error.name,
    message: error.message,
    reason,
    rootReason: root.reason,
    cancelId: root.token.id,
    chain: explain(cancelled.cause).split('\n'),
  };
}

/** What `logger.error(error)` and `logger.error({ err: error })` were given to log. */
function errorIn(logged: unknown): unknown {
  return logged instanceof Error ? logged : (logged as { err?: unknown } | null | undefined)?.err;
}

/** Options to start from: `pino({ ...cancelAware, level: 'info' })` then prints no expected cancel at all. */
export const cancelAware = {
  serializers: { err },
  hooks: {
    logMethod(args, method, level) {
      const { debug } = this.levels.values;
      if (level > (debug ?? Infinity) && isExpectedCancel(errorIn(args[0]))) this.debug(...args);
      else method.apply(this, args);
    },
  },
} satisfies LoggerOptions;
