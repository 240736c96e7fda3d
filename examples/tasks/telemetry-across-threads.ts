import { setTimeout as sleep } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { cancelScope } from 'cancelscope';
import { attachToken, nameThread } from 'cancelscope/thread';

nameThread('thumbnailer');
using album = attachToken(workerData);
await cancelScope('page', { token: album }, ({ signal }) => sleep(60_000, 'rendered', { signal })).catch(() => {});
