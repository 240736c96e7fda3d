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
  'on %s, under stock instrumentation of http and undici, a cancelled request is one trace: server, route, call, request (H3)',
  async (framework) => {
    const spans = JSON.parse(await runProgram(PROGRAM, [framework])) as PrintedSpan[];

    const named = (name: string): PrintedSpan => spans.find((span) => span.name === name) as PrintedSpan;
    const server = spans.find(({ kind }) => kind === 'SERVER') as PrintedSpan;
    const route = named('get:/tenants/{tenant}/orders/{id}');
    const call = named('ask-prices');
    const request = spans.find(({ kind }) => kind === 'CLIENT') as PrintedSpan;
    expect(spans).toHaveLength(6);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(server.parent).toBeUndefined();
    expect(route.parent).toBe(server.spanId);
    expect(call.parent).toBe(route.spanId);
    expect(request.parent).toBe(call.spanId);
    for (const cancelled of [route, call]) {
      expect(named(`cancel ${cancelled.name}`)).toMatchObject({ parent: cancelled.spanId, links: [server.spanId] });
    }
  },
  20_000,
);
