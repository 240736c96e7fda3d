/** A program that opens and closes scopes before it can be told whether anybody listens, and ends. */
import { workerData } from 'node:worker_threads';
import { attachToken, type SharedTokenHandle } from '../../../../../src/backends/thread/index.ts';
import { openScope } from '../../../../../src/index.ts';

const { handle, scopes } = workerData as { handle: SharedTokenHandle; scopes: number };
using _token = attachToken(handle);
for (let i = 0; i < scopes; i++) openScope('burst').close();
