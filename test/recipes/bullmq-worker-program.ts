/** A process with a worker: each job says when it starts and how it stops, in a list in Redis, and waits for its cancel. */
import { Redis } from 'ioredis';
import { cancellableWorker } from '../../examples/recipes/bullmq-job.ts';

const [port, queue = ''] = process.argv.slice(2);
const connection = new Redis({ host: '127.0.0.1', port: Number(port), maxRetriesPerRequest: null });
const say = (line: string): Promise<unknown> => connection.rpush('said', line);

const worker = cancellableWorker(
  queue,
  async (job, scope) => {
    await say(`started ${job.id}`);
    return scope.race(new Promise<never>(() => {})).catch(async (error: unknown) => {
      await say(`stopped ${job.id}: ${scope.cause?.reason} (${scope.cause?.message})`);
      throw error;
    });
  },
  { connection, concurrency: 10 },
);
worker.on('error', () => {}); // connections that the test cuts
process.on('SIGTERM', () => process.exit());
