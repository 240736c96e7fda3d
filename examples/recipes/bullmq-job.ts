/**
 * BullMQ jobs that any process can cancel by their id, whether they run or not yet.
 *
 * BullMQ's `worker.cancelJob` reaches the jobs of its own process only. Here a cancel is written to Redis and then
 * announced. A worker hears of it; one that was not listening, or starts the job later, finds it written.
 *
 * const worker = cancellableWorker('reports', (job, scope) => render(job.data, scope.signal), { connection });
 * await cancelJob(connection, 'reports', id, 'the user pressed stop'); // anywhere
 */
import { type Job, UnrecoverableError, Worker, type WorkerOptions } from 'bullmq';
import { cancelScope, isCancelled, type Scope } from 'cancelscope';
import type { Redis } from 'ioredis';

/** How long a cancel waits for its job, in seconds. Until then, don't give a new job the same id. */
const KEPT_S = 7 * 24 * 3_600;

const channelOf = (queue: string): string => `cancelled-jobs:${queue}`;
const keyOf = (queue: string, id: string): string => `${channelOf(queue)}:${id}`;

/** Cancels a job. The first message stays; a job that has ended is not changed. */
export async function cancelJob(redis: Redis, queue: string, id: string, message = ''): Promise<void> {
  const written = redis.multi().set(keyOf(queue, id), message, 'EX', KEPT_S, 'NX');
  await written.publish(channelOf(queue), id).exec();
}

export function cancellableWorker<Data, Result>(
  queue: string,
  work: (job: Job<Data, Result>, scope: Scope) => Promise<Result>,
  { connection, ...options }: Omit<WorkerOptions, 'connection'> & { connection: Redis },
): Worker<Data, Result> {
  const running = new Map<string, Scope>();
  const look = async (id: string): Promise<void> => {
    const message = await connection.get(keyOf(queue, id));
    if (message !== null) running.get(id)?.cancel('manual', message);
  };

  const run = (job: Job<Data, Result>, signal: AbortSignal | undefined): Promise<Result> =>
    cancelScope(`job:${queue}`, signal && { signal }, async (scope) => {
      const id = job.id ?? '';
      running.set(id, scope); // before it looks: what is written later is announced to it
      try {
        await look(id);
        scope.throwIfCancelled();
        return await work(job, scope);
      } finally {
        running.delete(id);
      }
    }).catch((error: unknown) => {
      throw mayRetry(error) ? error : new UnrecoverableError((error as Error).message);
    });
  // A function of three parameters is handed a signal, which BullMQ's own cancelJob aborts.
  const processor = (job: Job<Data, Result>, _: unknown, signal?: AbortSignal): Promise<Result> => run(job, signal);
  const worker = new Worker<Data, Result>(queue, processor, { connection, ...options });

  const report = (error: unknown): void => void worker.emit('error', error as Error);
  const listener = connection.duplicate();
  listener.on('error', report);
  listener.on('message', (_channel, id) => void look(id).catch(report));
  // Each time it is connected: what was announced meanwhile was announced to nobody.
  const listen = async (): Promise<void> => {
    await listener.subscribe(channelOf(queue));
    await Promise.all([...running.keys()].map(look));
  };
  listener.on('ready', () => void listen().catch(report));
  worker.on('closed', () => listener.disconnect());
  return worker;
}

/** Out of time, or on a process that ends: another attempt may do better. A cancel that somebody meant is final. */
function mayRetry(error: unknown): boolean {
  return !isCancelled(error) || isCancelled(error, 'timeout') || isCancelled(error, 'shutdown');
}
