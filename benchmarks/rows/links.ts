/** Combining tokens, and letting go again. */
import { FloorToken } from '../floor.ts';
import { CancellationToken } from '../library.ts';
import { sink } from '../measure.ts';
import { against, COLLECTED, OURS, type Row } from '../row.ts';

export const linkRows: readonly Row[] = [
  {
    kind: 'time',
    name: 'link two + unlink',
    standsFor: 'a request cancelled by its client or by shutdown, that ends as most do',
    contenders: [
      {
        name: OURS,
        ready() {
          const sources = [new CancellationToken(), new CancellationToken()];
          return (times) => {
            for (let i = 0; i < times; i++) {
              const token = CancellationToken.any(sources);
              token.dispose();
              sink.value = token;
            }
          };
        },
      },
      {
        name: 'AbortSignal.any',
        ready() {
          const sources = [new AbortController().signal, new AbortController().signal];
          return (times) => {
            for (let i = 0; i < times; i++) sink.value = AbortSignal.any(sources);
            return sources;
          };
        },
      },
      {
        name: 'floor',
        ready() {
          const first = new FloorToken();
          const second = new FloorToken();
          return (times) => {
            for (let i = 0; i < times; i++) {
              const linked = FloorToken.either(first, second);
              linked.unlink();
              sink.value = linked.token;
            }
          };
        },
      },
    ],
    targets: [against('AbortSignal.any', 0.5, COLLECTED)],
  },
];
