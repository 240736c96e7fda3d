import { diag, DiagLogLevel } from '@opentelemetry/api';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Claim } from '../../../src/exporters/opentelemetry/claim.ts';

test('a claim is held by one, and free again when that one gives it back (C1)', () => {
  const [first, second] = [new Claim(false), new Claim(false)];

  const together = [first.held(), second.held(), first.held()];
  second.release();
  const stillHeld = second.held();
  first.release();
  const afterwards = second.held();
  second.release();

  expect(together).toEqual([true, false, true]);
  expect([stillHeld, afterwards]).toEqual([false, true]);
});

test('a claim not granted is told to diag, once (C1)', () => {
  const warn = vi.fn<(message: string) => void>();
  const silent = (): void => {};
  diag.setLogger({ error: silent, warn, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN);
  onTestFinished(() => diag.disable());
  const [first, second] = [new Claim(false), new Claim(false)];

  for (const claim of [first, second, second]) claim.held();
  first.release();

  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('a second OpenTelemetry monitor'));
});

test('a claim of a monitor with providers of its own is granted, and taken from nobody (C2)', () => {
  const [own, other] = [new Claim(true), new Claim(false)];

  const granted = [own.held(), other.held(), own.held()];
  other.release();

  expect(granted).toEqual([true, true, true]);
});

test('a claim holds against another copy of the library too (C3)', async () => {
  vi.resetModules();
  const copy = await import('../../../src/exporters/opentelemetry/claim.ts');
  const [here, there] = [new Claim(false), new copy.Claim(false)];

  const together = [here.held(), there.held()];
  here.release();
  const afterwards = there.held();
  there.release();

  expect(copy.Claim).not.toBe(Claim);
  expect([...together, afterwards]).toEqual([true, false, true]);
});
