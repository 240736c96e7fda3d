import { onTestFinished } from 'vitest';
import { type Monitor, registerMonitor } from '../../src/index.ts';
import { type RecordingMonitor, recordingMonitor } from '../../src/testing/index.ts';

/** Registers a monitor until the test is over. */
export function monitorInTest<M extends Monitor>(monitor: M): M {
  const registration = registerMonitor(monitor);
  onTestFinished(() => registration[Symbol.dispose]());
  return monitor;
}

/** Records what happens from now until the test is over. */
export function record(): RecordingMonitor {
  return monitorInTest(recordingMonitor());
}
