/**
 * Running a task of a scope in a worker thread of its own. `scope.runInWorker` comes here.
 */
import { MessageChannel, type Transferable, Worker } from 'node:worker_threads';
import {
  checkedMs,
  checkScopeName,
  InvalidArgumentError,
  processState,
  type RunInWorkerOptions,
  type Scope,
  type WorkerTask,
} from '../../token/index.ts';
import { endWithScope, makeJob, tokenOfWork } from './job.ts';
import { threadLinks } from './thread-links.ts';
import { bootstrapFile, type WorkerStart } from './worker-start.ts';
import { WorkerRun } from './worker-run.ts';

const GRACE_MS = 5000;

/** Runs `task` in a new worker. See {@link Scope.runInWorker}. */
async function runInWorker(
  scope: Scope,
  task: WorkerTask,
  data: unknown,
  { graceMs = GRACE_MS, name, transferList = [], worker: workerOptions }: RunInWorkerOptions,
): Promise<unknown> {
  checkedMs('graceMs', graceMs);
  if (name !== undefined) checkScopeName(name);
  if (!Array.isArray(transferList)) throw new InvalidArgumentError('transferList', 'an array', transferList);
  const module = checkedTask(task);
  const token = tokenOfWork(scope, name);
  const settling = endWithScope(scope, token);
  const { port1, port2 } = new MessageChannel();
  const link = threadLinks.prepare();
  try {
    const start: WorkerStart = {
      cancelscope: 'worker',
      ...module,
      port: port2,
      link: link?.greeting,
      job: makeJob(scope, token, name ?? scope.name, data),
      threadName: name,
    };
    const worker = started(start, workerOptions, transferList as Transferable[]);
    link?.started(worker.threadId, name ?? 'worker'); // K3
    const run = new WorkerRun(scope, token, start.job, worker, port1, graceMs);
    token._register(() => run.ask(), false, true);
    return await run.result;
  } finally {
    settling[Symbol.dispose]();
    token.dispose();
    port1.close();
  }
}

function started(start: WorkerStart, options: object | undefined, transferList: readonly Transferable[]): Worker {
  const ports = start.link === undefined ? [start.port] : [start.port, start.link.port];
  try {
    return new Worker(bootstrapFile(), { ...options, workerData: start, transferList: [...ports, ...transferList] });
  } catch (error) {
    for (const port of ports) port.close();
    throw error;
  }
}

/** @throws {InvalidArgumentError} it names no module. */
function checkedTask(task: unknown): { readonly file: string; readonly exportName: string } {
  const named = typeof task === 'object' && task !== null && !(task instanceof URL);
  const { file, name } = (named ? task : { file: task, name: 'default' }) as { file?: unknown; name?: unknown };
  if ((typeof file === 'string' || file instanceof URL) && typeof name === 'string') {
    return { file: String(file), exportName: name };
  }
  throw new InvalidArgumentError(
    'task',
    'the file of a module, or { file, name } (a function cannot go to another thread)',
    task,
  );
}

/** Gives `scope.runInWorker` its runner. */
export function installWorkers(): void {
  processState.workerRunner ??= { run: runInWorker };
}
