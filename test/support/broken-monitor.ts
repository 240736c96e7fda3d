import type { Monitor } from '../../src/index.ts';
import { recordingMonitor } from '../../src/testing/index.ts';

/** What it throws. */
export const broken = new Error('monitor broke');

/** A monitor each of whose hooks throws. */
export function brokenMonitor(monitorName = 'broken'): Monitor {
  const raise = (): never => {
    throw broken;
  };
  const { name: _, ...recording } = recordingMonitor();
  const names = Object.entries(recording).flatMap(([hook, value]) =>
    typeof value === 'function' && !['of', 'sequence', 'clear'].includes(hook) ? [hook] : [],
  );
  return {
    name: monitorName,
    ...Object.fromEntries([...names, 'runScope', 'spanContext'].map((hook) => [hook, raise])),
  };
}
