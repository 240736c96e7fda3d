/**
 * A request's cancel as an exception of Nest's, which its filters answer, on every platform, and log nothing of.
 */
import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { isRequestCancelled } from '../http/index.ts';

/** As far as a platform's response takes headers: Express's and Fastify's do it alike. */
interface Answer {
  readonly headersSent?: boolean;
  readonly sent?: boolean;
  header(name: string, value: string): unknown;
}

/** `error` itself, if it is not the request's cancel. Its `cause` is the CancelledError, so `isCancelled` knows it. */
export function asException(error: unknown, answer: Answer): unknown {
  if (!isRequestCancelled(error)) return error;
  if (answer.headersSent !== true && answer.sent !== true) {
    for (const [name, value] of Object.entries(error.headers)) answer.header(name, value);
  }
  const message = error.status === 499 ? 'Client Closed Request' : (STATUS_CODES[error.status] ?? 'Cancelled');
  return new HttpException(message, error.status, { cause: error });
}
