/** A service whose servers run on worker threads; the main thread only starts them, and ends one when told to on stdin. */
import { Worker } from 'node:worker_threads';

const service = new URL('thread-service.cjs', import.meta.url);
const worker = new Worker(service);
worker.on('message', (port) => console.log(`listening ${port}`));
process.on('SIGUSR2', () => void worker.terminate());
setInterval(() => {}, 60_000);
