/**
 * Testing code that uses cancelscope: virtual time, recorded events, proof that nothing is left.
 */
export { expectNoLeaks, type LeakCounts } from './expect-no-leaks.ts';
export { type RecordedEvent, recordingMonitor, type RecordingMonitor } from './recording-monitor.ts';
export { virtualClock, type VirtualClock, type VirtualClockOptions } from './virtual-clock.ts';
