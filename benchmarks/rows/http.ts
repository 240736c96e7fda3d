/**
 * What a request costs more with our middleware, per framework. The one who asks is cheap, so requests per second are
 * the server's: 5 % fewer of them is a cost of 1.053.
 */
import { type Framework, FRAMEWORKS } from '../http/frameworks.ts';
import { serveAll } from '../http/served.ts';
import { against, OURS, type Row, type Slack } from '../row.ts';

const FIVE_PERCENT = 1 / 0.95;
const SERVERS: Slack = {
  tolerance: 0.05,
  because: 'each server has a thread and a heap of its own, and they share a machine with whoever asks',
};

export const httpRows: readonly Row[] = (Object.keys(FRAMEWORKS) as Framework[]).map((framework) => ({
  kind: 'samples',
  name: `request of ${framework}`,
  standsFor: 'a small route: middleware alone, and with metrics of every request',
  contenders: [OURS, 'with metrics', `bare ${framework}`],
  rounds: 8,
  targets: [against(`bare ${framework}`, FIVE_PERCENT, SERVERS)],
  start: () =>
    serveAll(framework, {
      [OURS]: 'middleware',
      'with metrics': 'middleware and metrics',
      [`bare ${framework}`]: 'bare',
    }),
}));
