/**
 * Running a task of a scope in a worker thread of its own. `scope.runInWorker` comes here.
 */
import { MessageChannel, type Transferable, Worker } from 'node:worker_threads';
import {
  checkedMs,
  InvalidArgumentError,
  processState,
  type RunInWorkerOptions,
  type Scope,
  type WorkerTask,
} from '../../token/index.ts';
import { makeJob } from './job.ts';
import { bootstrapFile, type WorkerStart } from './worker-start.ts';
import { WorkerRun } from './worker-run.ts';

const GRACE_MS = 5000;

/** Runs `task` in a new worker. See {@link Scope.runInWorker}. */
async function runInWorker(
  scope: Scope,
  task: WorkerTask,
  data: unknown,
  { graceMs = GRACE_MS, name = scope.name, transferList = [], worker: workerOptions }: RunInWorkerOptions,
): Promise<unknown> {
  checkedMs('graceMs', graceMs);
  const module = checkedTask(task);
  scope.throwIfCancelled();
  const token = scope.token.child({ name: `${name}.worker` });
  const { port1, port2 } = new MessageChannel();
  try {
    const start: WorkerStart = {
      cancelscope: 'worker',
      ...module,
      port: port2,
      job: makeJob(scope, token, name, data),
    };
    const worker = new Worker(bootstrapFile(), {
      ...workerOptions,
      workerData: start,
      transferList: [port2, ...(transferList as Transferable[])],
    });
    const run = new WorkerRun(scope, worker, port1, graceMs);
    token._register(() => run.ask(), false, true);
    return await run.result;
  } finally {
    token.dispose();
    port1.close();
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
