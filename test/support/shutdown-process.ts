/**
 * `shutdown-service.ts` as a child process, and a client that loads it as Kubernetes would route to it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { ShutdownPhaseEnded } from '../../src/instrumentation/index.ts';
import { eventually } from './prometheus-server.ts';
import { bodyOf } from './shutdown.ts';

const SERVICE = fileURLToPath(new URL('shutdown-service.ts', import.meta.url));

/** A running service. */
export interface ServiceProcess {
  readonly port: number;
  /** The phases it has told of, in order, each with when it was heard of. */
  readonly phases: readonly (ShutdownPhaseEnded & { readonly heardAt: number })[];
  /** Resolves when it has told of this phase. */
  phase(name: ShutdownPhaseEnded['phase']): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Exit code, signal, and when. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null; at: number }>;
  readonly stderr: () => string;
}

/** Starts it; it is killed when the test is over. */
export async function startService(options: object): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [SERVICE, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const phases: (ShutdownPhaseEnded & { heardAt: number })[] = [];
  const waiting = new Map<string, () => void>();
  const exited = once(child, 'close').then(([code, signal]) => ({ code, signal, at: performance.now() }));
  const port = await new Promise<number>((resolve, reject) => {
    void exited.then(() => reject(new Error(`it did not start: ${stderr}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line);
      if (typeof said.port === 'number') resolve(said.port);
      if (typeof said.phase !== 'string') return;
      phases.push({ ...said, heardAt: performance.now() });
      waiting.get(said.phase)?.();
    });
  });
  return {
    port,
    phases,
    exited,
    stderr: () => stderr,
    signal: (signal) => void child.kill(signal),
    phase: (name) =>
      new Promise((resolve, reject) => {
        if (phases.some(({ phase }) => phase === name)) return resolve();
        waiting.set(name, resolve);
        void exited.then(() => reject(new Error(`it ended without ${name}: ${stderr}`)));
      }),
  };
}

/** What became of one request. */
export interface Outcome {
  readonly path: string;
  readonly status: number | undefined;
  readonly body: string;
  /** The code of its error. */
  readonly error: string | undefined;
  readonly endedAt: number;
}

/** Sends one, and never rejects. `answered` is called when its answer begins. */
export function send(port: number, path: string, agent: Agent | false, answered = (): void => {}): Promise<Outcome> {
  return new Promise((resolve) => {
    let status: number | undefined;
    const end = (body: string, error?: NodeJS.ErrnoException): void =>
      resolve({ path, status, body, error: error && (error.code ?? error.message), endedAt: performance.now() });
    const request = get({ host: '127.0.0.1', port, path, agent });
    request.on('error', (error) => end('', error));
    request.on('response', (answer: IncomingMessage) => {
      status = answer.statusCode;
      answered();
      bodyOf(answer).then(end, (error: NodeJS.ErrnoException) => end('', error));
    });
  });
}

/** A client under way. */
export interface Load {
  /** What has ended so far. */
  readonly ended: readonly Outcome[];
  /** Resolves with all of it, once readiness is off and the last request has ended. */
  readonly over: Promise<readonly Outcome[]>;
  /** Requests a second, as they were sent. */
  rate(): number;
}

/** Sends `/work` so many times a second on connections it keeps, until `/readyz` says 503, or the service is gone. */
export function startLoad({ port, exited }: ServiceProcess, perSecond: number): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  onTestFinished(() => agent.destroy());
  const ended: Outcome[] = [];
  const requests: Promise<unknown>[] = [];
  const startedAt = performance.now();
  let stoppedAt = Infinity;
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) / 1_000) * perSecond;
    while (requests.length < due) requests.push(send(port, '/work', agent).then((outcome) => ended.push(outcome)));
  }, 5);
  onTestFinished(() => clearInterval(timer));
  const notReady = eventually(
    () => send(port, '/readyz', false),
    ({ status }) => status === 503,
  );
  notReady.catch(() => {}); // it is gone
  const over = Promise.race([notReady, exited]).then(async () => {
    clearInterval(timer);
    stoppedAt = performance.now();
    await Promise.all(requests);
    return ended;
  });
  return { ended, over, rate: () => (requests.length * 1_000) / (Math.min(stoppedAt, performance.now()) - startedAt) };
}
