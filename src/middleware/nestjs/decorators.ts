/**
 * Decorators: options of one handler or controller, and what a handler is handed.
 */
import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { checkRequestOptions, type RequestCancellation, type RequestOptions } from '../http/index.ts';

/** A platform's request. What tells one from another is the platform's. */
export interface NestRequest {
  cancellation?: RequestCancellation;
}

const OPTIONS = 'cancelscope:options';

/**
 * How requests of a handler, or of all of a controller's, are cancelled, where it differs from the interceptor's options.
 *
 * @throws {InvalidArgumentError} an option cannot be what it is; the message names it.
 *
 * @example
 * @Get('report')
 * @Cancellation({ timeoutMs: 60_000, onDisconnect: 'detach' })
 * report() { return this.reports.build(); }
 */
export function Cancellation(options: RequestOptions<unknown>): MethodDecorator & ClassDecorator {
  checkRequestOptions(options);
  return SetMetadata(OPTIONS, options);
}

/**
 * Hands a handler its request's `AbortSignal`. Services reach it by `currentScope()?.signal`.
 *
 * @example
 * @Get(':id')
 * find(@Param('id') id: string, @RequestSignal() signal: AbortSignal) { return this.orders.load(id, { signal }); }
 */
export const RequestSignal: () => ParameterDecorator = createParamDecorator(
  (_data: unknown, context: ExecutionContext): AbortSignal | undefined =>
    context.switchToHttp().getRequest<NestRequest>().cancellation?.signal,
);

const decorated = new WeakMap<object, Map<object, RequestOptions<unknown> | undefined>>();

/** What decorators say of a handler; the nearer one wins. They do not change, so each is asked once. */
export function decoratedOptions(context: ExecutionContext): RequestOptions<unknown> | undefined {
  const handler = context.getHandler();
  const controller = context.getClass();
  let ofHandler = decorated.get(handler);
  if (ofHandler === undefined) decorated.set(handler, (ofHandler = new Map()));
  if (ofHandler.has(controller)) return ofHandler.get(controller);
  const [far, near] = [metadata(controller), metadata(handler)];
  const options = far === undefined ? near : { ...far, ...near };
  ofHandler.set(controller, options);
  return options;
}

function metadata(target: object): RequestOptions<unknown> | undefined {
  return (
    Reflect as unknown as { getMetadata(key: string, target: object): RequestOptions<unknown> | undefined }
  ).getMetadata(OPTIONS, target);
}
