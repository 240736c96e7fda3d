/**
 * The task of a worker thread: computes for a while, and looks between two frames whether it is still wanted.
 */
import type { Scope } from './cancelscope.ts';

export default function render({ workMs, deaf }: { workMs: number; deaf: boolean }, scope: Scope): number {
  const until = performance.now() + workMs;
  let frames = 0;
  for (; performance.now() < until; frames++) if (!deaf) scope.throwIfCancelled();
  return frames;
}
