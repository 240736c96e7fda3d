/** A module that takes some turns of the event loop to load; its task waits until it may go on. */
import type { Scope } from '../../../../../src/index.ts';
import { type Gates, opened } from '../gates.ts';
import { open } from '../../../../support/gate.ts';

for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1));

export default async function run({ there, goOn }: Gates, _scope: Scope): Promise<void> {
  open(there);
  await opened(goOn);
}
