/** A task that opens a scope which has nothing to do with the one it runs in. */
import { cancelScope } from '../../../../../src/index.ts';

export default function run(): Promise<string> {
  return cancelScope('alone', { detached: true }, () => 'done');
}
