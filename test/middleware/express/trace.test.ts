import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runProgram } from '../../support/run-program.ts';

const PROGRAM = fileURLToPath(new URL('../../support/express-trace-program.ts', import.meta.url));

interface PrintedSpan {
  readonly name: string;
  readonly kind: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent?: string;
  readonly links: readonly string[];
}

test.each(['express', 'express4'])(
  'on %s, under stock instrumentation-http, a cancelled request is one trace: server, route, work (H3)',
  async (framework) => {
    const spans = JSON.parse(await runProgram(PROGRAM, [framework])) as PrintedSpan[];

    const named = (name: string): PrintedSpan => spans.find((span) => span.name === name) as PrintedSpan;
    const server = spans.find(({ kind }) => kind === 'SERVER') as PrintedSpan;
    const route = named('get:/tenants/{tenant}/orders/{id}');
    const work = named('read-rows');
    expect(spans).toHaveLength(5);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(server.parent).toBeUndefined();
    expect(route.parent).toBe(server.spanId);
    expect(work.parent).toBe(route.spanId);
    for (const cancelled of [route, work]) {
      expect(named(`cancel ${cancelled.name}`)).toMatchObject({ parent: cancelled.spanId, links: [server.spanId] });
    }
  },
  20_000,
);
