/** A thread that serves: a framework, bare or with our middleware, with or without a monitor. */
import { parentPort, workerData } from 'node:worker_threads';
import client from 'prom-client';
import { prometheusMonitor, registerMonitor } from '../library.ts';
import type { Served } from './served.ts';
import { FRAMEWORKS } from './frameworks.ts';

const { framework, how } = (workerData as { readonly served: Served }).served;

if (how === 'middleware and metrics') {
  registerMonitor(prometheusMonitor({ client, registry: new client.Registry() }));
}
const port = await FRAMEWORKS[framework](how !== 'bare');
parentPort?.postMessage(port, []);
