/** What a service does and can find out is the same with and without zero-code mode. */
import { expect, test } from 'vitest';
import { bytesOf, REQUESTS } from '../support/register-bytes.ts';
import { startProgram } from '../support/register-run.ts';

async function answersOf(name: string, register: boolean): Promise<Record<string, string>> {
  const program = startProgram(name, { register, env: { CANCELSCOPE_AUTO: 'all', CANCELSCOPE_CALL_SITES: 'on' } });
  const port = await program.port();
  const answers: Record<string, string> = {};
  for (const [what, request] of Object.entries(REQUESTS)) answers[what] = await bytesOf(port, request);
  return { ...answers, stdout: program.stdout().replace(String(port), '<port>'), stderr: program.stderr() };
}

test.each(['express-app.cjs', 'express-app.mjs', 'fastify-app.cjs', 'fastify-app.mjs'])(
  'Z10, Z13, Z20: %s answers the same bytes, and finds out nothing: names, flags, texts, errors, order, listeners, stacks',
  async (name) => {
    const [without, observed] = await Promise.all([answersOf(name, false), answersOf(name, true)]);

    expect(observed).toEqual(without);
    expect(without['get']).toContain('"ok":true');
    expect(without['what a program finds out']).toContain('"methods"');
  },
);
