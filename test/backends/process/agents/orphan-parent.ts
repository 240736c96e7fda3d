/** Starts `orphan.ts` on its own output, gives it a token, and lives until it is killed. */
import { fork } from 'node:child_process';
import { shareToken } from '../../../../src/backends/process/index.ts';
import { CancellationToken } from '../../../../src/index.ts';

const orphan = fork(new URL('orphan.ts', import.meta.url), { stdio: 'inherit' });
orphan.once('message', () => process.send?.(process.pid));
orphan.send({ stop: shareToken(new CancellationToken({ name: 'stop' }), orphan) });
