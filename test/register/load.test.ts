/** Unmodified services under load: what is counted is what the clients did. */
import { expect, test } from 'vitest';
import { startProgram } from '../support/register-run.ts';
import { makeLoad } from '../support/register-load.ts';

const REQUESTS = 400;
const TOGETHER = 16;

test.each(['express-app.cjs', 'express-app.mjs', 'fastify-app.cjs', 'fastify-app.mjs'])(
  'H1, H3: %s, clients going away at random: each is counted once, and nobody else',
  async (name) => {
    const seed = Number(process.env['CANCELSCOPE_TEST_SEED'] ?? Date.now() % 2 ** 31);
    process.stdout.write(`${name}: seed ${seed}\n`);
    const program = startProgram(name, { env: { CANCELSCOPE_METRICS_PORT: '0', CANCELSCOPE_AUTO: 'all' } });

    const { disconnects, ended } = await makeLoad(await program.port(), seed, REQUESTS, TOGETHER);
    const metrics = await program.metrics((metrics) => {
      return metrics('cancellation_scopes_settled_total') === REQUESTS && metrics('cancellation_scopes_active') === 0;
    });

    const counted: Record<string, number> = {};
    for (const method of ['GET', 'POST']) {
      for (const phase of ['before_headers', 'streaming']) {
        const count = metrics('cancellation_http_disconnects_total', { method, phase });
        if (count > 0) counted[`${method} ${phase}`] = count;
      }
    }
    const made = Object.values(disconnects).reduce((sum, count) => sum + count, 0);
    expect(made).toBeGreaterThan(REQUESTS / 4);
    expect(counted).toEqual(disconnects);
    expect(metrics('cancellation_http_disconnects_total')).toBe(made);
    expect(metrics('cancellation_requests_total', { reason: 'disconnect', result: 'accepted' })).toBe(made);
    expect(metrics('cancellation_scopes_settled_total', { outcome: 'cancelled' })).toBe(made);
    expect(metrics('cancellation_scopes_settled_total', { outcome: 'completed' })).toBe(ended);
    expect(metrics('cancellation_scopes_opened_total', { scope: 'http:get' })).toBeGreaterThan(0);
    expect(metrics('cancellation_scopes_opened_total', { scope: 'http:post' })).toBeGreaterThan(0);
    expect(metrics('cancellation_scopes_opened_total')).toBe(REQUESTS);
    expect(program.stderr()).not.toContain('register:');
  },
  20_000,
);
