import { afterEach, beforeEach, expect } from 'vitest';
import { registry } from '../../src/index.ts';
import { expectNoLeaks } from '../../src/testing/index.ts';

/** Fails each test of the file that leaves a scope, a held token, a listener or a zombie behind. */
export function guardLeaks(): void {
  let noLeaks: () => void;
  beforeEach(() => {
    noLeaks = expectNoLeaks();
  });
  afterEach(() => {
    expect(registry.snapshot({ zombies: true })).toEqual([]);
    noLeaks();
  });
}
