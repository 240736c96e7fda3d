import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Job, Queue, QueueEvents, UnrecoverableError } from 'bullmq';
import { cancelScope, type Scope } from 'cancelscope';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { cancellableWorker, cancelJob } from '../../examples/recipes/bullmq-job.ts';
import { caught } from '../support/caught.ts';
import { deferred } from '../support/deferred.ts';
import { eventually } from '../support/prometheus-server.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';

const PROGRAM = join(import.meta.dirname, 'bullmq-worker-program.ts');
/** Longer than a process takes to start. */
const SOME_S = 20;

let server: RedisServer;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = connect();
}, 30_000);
afterAll(async () => {
  await redis.quit();
  await server.stop();
});

function connect(): Redis {
  return new Redis({ host: server.host, port: server.port, maxRetriesPerRequest: null });
}

interface TestQueue {
  readonly name: string;
  readonly queue: Queue;
  readonly events: QueueEvents;
}

async function open(): Promise<TestQueue> {
  await redis.flushall();
  const name = `reports-${Math.random().toString(36).slice(2)}`;
  const queue = new Queue(name, { connection: redis });
  const connection = connect();
  const events = new QueueEvents(name, { connection });
  await events.waitUntilReady();
  onTestFinished(async () => {
    await queue.close();
    await events.close();
    connection.disconnect();
  });
  return { name, queue, events };
}

/** Starts a worker in a process of its own. */
function startProcess({ name }: TestQueue): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM, String(server.port), name], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  onTestFinished(async () => {
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await exit;
  });
  return child;
}

/** What the other process says next. */
async function said(): Promise<string | undefined> {
  const listening = connect();
  const line = await listening.blpop('said', SOME_S);
  listening.disconnect();
  return line?.[1];
}

type Work = (job: Job, scope: Scope) => Promise<unknown>;

/** Starts a worker in this process. */
function startWorker({ name }: TestQueue, work: Work): ReturnType<typeof cancellableWorker> {
  const connection = connect();
  const worker = cancellableWorker(name, work, { connection });
  worker.on('error', () => {});
  onTestFinished(async () => {
    await worker.close();
    connection.disconnect();
  });
  return worker;
}

const waits: Work = (_, scope) => scope.race(new Promise<never>(() => {}));

describe('a job', () => {
  test('that runs in another process stops when it is cancelled here, and others go on', async () => {
    const set = await open();
    startProcess(set);
    await set.queue.add('report', {}, { jobId: 'other' });
    expect(await said()).toBe('started other');
    const job = await set.queue.add('report', {}, { jobId: 'mine', attempts: 3 });
    expect(await said()).toBe('started mine');

    await cancelJob(redis, set.name, 'mine', 'user pressed stop');

    expect(await said()).toBe('stopped mine: manual (user pressed stop)');
    expect(await caught(job.waitUntilFinished(set.events))).toMatchObject({
      message: `"job:${set.name}" was cancelled: manual: user pressed stop`,
    });
    expect(await set.queue.getJob('mine')).toMatchObject({ attemptsMade: 1 });
    expect(await set.queue.getActiveCount()).toBe(1);
  });

  test('that was cancelled before it started never starts', async () => {
    const set = await open();
    const job = await set.queue.add('report', {}, { jobId: 'mine', attempts: 3 });
    await cancelJob(redis, set.name, 'mine', 'not needed');
    let ran = 0;

    startWorker(set, async () => ran++);

    expect(await caught(job.waitUntilFinished(set.events))).toMatchObject({
      message: expect.stringContaining('not needed') as string,
    });
    expect(ran).toBe(0);
  });

  test('that is cancelled while its process has lost its connection stops when that is back', async () => {
    const set = await open();
    startProcess(set);
    await set.queue.add('report', {}, { jobId: 'mine' });
    expect(await said()).toBe('started mine');
    const connections = await redis.config('GET', 'maxclients');

    await redis.config('SET', 'maxclients', 1); // nobody comes back yet
    await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await cancelJob(redis, set.name, 'mine', 'while away');
    await redis.config('SET', 'maxclients', String(connections[1]));

    expect(await said()).toBe('stopped mine: manual (while away)');
  });

  test('that is cancelled between two attempts does not get the second', async () => {
    const set = await open();
    let attempts = 0;
    startWorker(set, async ({ id }) => {
      attempts++;
      await cancelJob(redis, set.name, `${id}`, 'enough');
      throw new Error('not yet');
    });

    const job = await set.queue.add('report', {}, { jobId: 'mine', attempts: 5 });

    expect(await caught(job.waitUntilFinished(set.events))).toMatchObject({
      message: expect.stringContaining('enough') as string,
    });
    expect(attempts).toBe(1);
  });

  test('that fails is attempted again, also after its time was over', async () => {
    const set = await open();
    let attempts = 0;
    startWorker(set, async () => {
      if (++attempts === 1) throw new Error('not yet');
      if (attempts === 2) await cancelScope('slow', { timeoutMs: 1 }, (slow) => slow.race(new Promise(() => {})));
      return 'done';
    });

    const job = await set.queue.add('report', {}, { attempts: 5 });

    expect(await job.waitUntilFinished(set.events)).toBe('done');
    expect(attempts).toBe(3);
  });

  test('hears of BullMQ’s own cancelJob too', async () => {
    const set = await open();
    const started = deferred<Scope>();
    const worker = startWorker(set, async (job, scope) => {
      started.resolve(scope);
      return waits(job, scope);
    });
    const failed = once(worker, 'failed');
    await set.queue.add('report', {}, { jobId: 'mine', attempts: 3 });
    const scope = await started.promise;

    worker.cancelJob('mine', 'from BullMQ');
    const [, error] = (await failed) as [Job, Error];

    expect(error).toBeInstanceOf(UnrecoverableError);
    expect(scope.cause).toMatchObject({ reason: 'abort', message: 'from BullMQ' });
  });
});

test('a worker that is closed leaves no connection', async () => {
  const set = await open();
  const own = connect();
  const count = async (): Promise<number> =>
    String(await redis.call('CLIENT', 'LIST'))
      .trim()
      .split('\n').length;
  await own.ping();
  const before = await count();
  const worker = cancellableWorker(set.name, waits, { connection: own });
  await worker.waitUntilReady();

  await worker.close();
  expect(own.status).toBe('ready'); // it was not the worker's
  own.disconnect();

  expect(await eventually(count, (left) => left < before)).toBe(before - 1);
});
