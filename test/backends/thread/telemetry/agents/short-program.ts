/** A program that ends as soon as its one scope has. */
import { workerData } from 'node:worker_threads';
import { attachToken, type SharedTokenHandle } from '../../../../../src/backends/thread/index.ts';
import { cancelScope } from '../../../../../src/index.ts';

const { handle } = workerData as { handle: SharedTokenHandle };
using token = attachToken(handle);
await cancelScope('short', { token }, () => 'done');
