import { piscinaTask } from 'cancelscope/thread';

/** What the threads of the pool run; each time in a scope of its own. */
export default piscinaTask(({ tiles }: { tiles: number }, scope) => {
  for (let tile = 0; tile < tiles; tile++) scope.throwIfCancelled();
  return `${tiles} tiles`;
});
