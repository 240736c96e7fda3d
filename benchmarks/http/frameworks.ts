/**
 * One route of a service, in each framework: `GET /orders/:id`, a handler that is async and has nothing to wait for.
 */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve as serveHono } from '@hono/node-server';
import { Router } from '@koa/router';
import { Controller, type DynamicModule, Get, Param, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { entry } from '../library.ts';

/** Serves it on a free port. */
type Serve = (withMiddleware: boolean) => Promise<number>;

const HOST = '127.0.0.1';

async function listening(listener: (...exchange: Parameters<RequestListener>) => unknown): Promise<number> {
  const server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  return (server.address() as AddressInfo).port;
}

async function nodeHttp(withMiddleware: boolean): Promise<number> {
  const { requestScope } = await entry<typeof import('../../src/middleware/node/index.ts')>('node');
  return listening((request, response) => {
    const work = async (): Promise<void> => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ id: (request.url ?? '').slice('/orders/'.length) }));
    };
    void (withMiddleware ? requestScope(request, response, { route: 'get:/orders/{id}' }, work) : work());
  });
}

async function onExpress(withMiddleware: boolean): Promise<number> {
  const { expressCancellation } = await entry<typeof import('../../src/middleware/express/index.ts')>('express');
  const app = express();
  if (withMiddleware) app.use(expressCancellation());
  app.get('/orders/:id', async (request, response) => void response.json({ id: request.params.id }));
  return listening(app);
}

async function onFastify(withMiddleware: boolean): Promise<number> {
  const { fastifyCancellation } = await entry<typeof import('../../src/middleware/fastify/index.ts')>('fastify');
  const app = fastify();
  if (withMiddleware) await app.register(fastifyCancellation);
  app.get<{ Params: { id: string } }>('/orders/:id', async (request) => ({ id: request.params.id }));
  return Number(new URL(await app.listen({ port: 0, host: HOST })).port);
}

async function onKoa(withMiddleware: boolean): Promise<number> {
  const { koaCancellation } = await entry<typeof import('../../src/middleware/koa/index.ts')>('koa');
  const router = new Router();
  if (withMiddleware) router.use(koaCancellation());
  router.get('/orders/:id', async (context) => {
    context.body = { id: context['params'].id };
  });
  return listening(new Koa().use(router.routes()).callback());
}

async function onHono(withMiddleware: boolean): Promise<number> {
  const { honoCancellation } = await entry<typeof import('../../src/middleware/hono/index.ts')>('hono');
  const app = new Hono();
  if (withMiddleware) app.use(honoCancellation());
  app.get('/orders/:id', async (context) => context.json({ id: context.req.param('id') }));
  return new Promise((resolve) => {
    serveHono({ fetch: app.fetch, port: 0, hostname: HOST }, ({ port }) => resolve(port));
  });
}

async function onNest(withMiddleware: boolean): Promise<number> {
  const { CancellationInterceptor } = await entry<typeof import('../../src/middleware/nestjs/index.ts')>('nestjs');
  class Orders {
    async find(id: string): Promise<unknown> {
      return { id };
    }
  }
  const find = Object.getOwnPropertyDescriptor(Orders.prototype, 'find') as PropertyDescriptor;
  Controller('orders')(Orders);
  Get(':id')(Orders.prototype, 'find', find);
  Param('id')(Orders.prototype, 'find', 0);
  const app = await NestFactory.create(appOf(Orders), { logger: false });
  if (withMiddleware) app.useGlobalInterceptors(new CancellationInterceptor());
  await app.listen(0, HOST);
  return Number(new URL(await app.getUrl()).port);
}

/** A module of nothing else. */
function appOf(controller: Type): DynamicModule {
  return { module: Object, controllers: [controller] };
}

export const FRAMEWORKS = {
  'node:http': nodeHttp,
  express: onExpress,
  fastify: onFastify,
  koa: onKoa,
  hono: onHono,
  nestjs: onNest,
} satisfies Readonly<Record<string, Serve>>;

export type Framework = keyof typeof FRAMEWORKS;
