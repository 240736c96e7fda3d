import { afterEach, beforeEach, expect } from 'vitest';
import { registry } from '../../src/index.ts';
import { expectNoLeaks } from '../../src/testing/index.ts';

const listed = (): string[] => registry.snapshot({ zombies: true }).map(({ id }) => id);

/** Fails each test of the file that leaves a scope, a held token, a listener or a zombie behind. */
export function guardLeaks(): void {
  let noLeaks: () => void;
  let before: string[];
  beforeEach(() => {
    noLeaks = expectNoLeaks();
    before = listed();
  });
  afterEach(() => {
    expect(listed()).toEqual(before);
    noLeaks();
  });
}
