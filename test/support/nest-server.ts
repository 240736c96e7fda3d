import type { AddressInfo } from 'node:net';
import {
  Controller,
  type INestApplication,
  type LoggerService,
  Module,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { onTestFinished } from 'vitest';

/** A handler and its decorators, which are functions here: the tests run as they are written. */
export interface NestRoute {
  readonly decorators: readonly MethodDecorator[];
  readonly params?: readonly ParameterDecorator[];
  readonly handle: (...args: never[]) => unknown;
}

/** A controller of these handlers. */
export function controller(path: string, routes: Record<string, NestRoute>, of: readonly ClassDecorator[] = []): Type {
  // oxlint-disable-next-line typescript/no-extraneous-class -- its methods come below
  const made = class OrdersController {};
  const prototype = made.prototype;
  for (const [name, { decorators, params = [], handle }] of Object.entries(routes)) {
    const method = { [name]: (...args: never[]): unknown => handle(...args) }[name];
    Object.defineProperty(prototype, name, { value: method, configurable: true, writable: true });
    for (const [index, decorate] of params.entries()) decorate(prototype, name, index);
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
    for (const decorate of decorators) decorate(prototype, name, descriptor);
  }
  for (const decorate of [Controller(path), ...of]) decorate(made);
  return made;
}

/** What Nest logged as an error. */
export const loggedErrors: unknown[] = [];

const logger: LoggerService = {
  log() {},
  warn() {},
  error: (...told: unknown[]) => void loggedErrors.push(told),
  fatal: (...told: unknown[]) => void loggedErrors.push(told),
};

/** How to make an application on each platform. */
export const NEST_PLATFORMS = ['express', 'fastify'] as const;

/** Options of {@link nestApp}. */
export interface NestAppOptions {
  readonly interceptors?: readonly NestInterceptor[];
  readonly http?: 1 | 2;
  readonly setUp?: (app: INestApplication) => unknown;
}

/** Serves a controller on loopback. */
export async function nestApp(
  platform: (typeof NEST_PLATFORMS)[number],
  of: Type,
  { interceptors = [], http = 1, setUp }: NestAppOptions = {},
): Promise<{ app: INestApplication; port: number }> {
  // oxlint-disable-next-line typescript/no-extraneous-class -- Nest's modules are classes
  class AppModule {}
  Module({ controllers: [of] })(AppModule);
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter(http === 2 ? { http2: true } : {});
  const app: INestApplication = await NestFactory.create(AppModule, adapter, { logger, abortOnError: false });
  app.useGlobalInterceptors(...interceptors);
  await setUp?.(app);
  loggedErrors.length = 0;
  await app.listen(0, '127.0.0.1');
  return { app, port: (app.getHttpServer() as { address(): AddressInfo }).address().port };
}

/** The same until the test is over; gives its origin. */
export async function nestInTest(...args: Parameters<typeof nestApp>): Promise<string> {
  const { app, port } = await nestApp(...args);
  onTestFinished(async () => {
    (app.getHttpServer() as { closeAllConnections?(): void }).closeAllConnections?.();
    await app.close();
  });
  return `http://127.0.0.1:${port}`;
}
