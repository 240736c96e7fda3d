/** A module that is loading until it may go on; then its task says that it ran. */
import { workerData } from 'node:worker_threads';
import { type Gate, open, pass } from '../../../../support/gate.ts';
import type { Gates } from '../gates.ts';

// The task is not there yet: what it will be given is read where it waits.
const { there, goOn } = (workerData as { job: { data: Gates } }).job.data;
open(there);
pass(goOn);

export default function run({ ran }: { ran: Gate }): void {
  open(ran);
}
