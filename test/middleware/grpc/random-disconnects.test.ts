import { Metadata } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import type { Scope } from '../../../src/index.ts';
import { randoms } from '../../support/barrier.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { KINDS, type Served, service, until } from '../../support/grpc-service.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

/** What the client of a call does: waits for its answer, leaves before there is one, or leaves while it comes. */
const CLIENTS = ['stays', 'leaves', 'races'] as const;
const CALLS = 300;

/** Writes until its turns are over, and answers; for a client that is to leave first, until it has. */
function serve(served: Served, turns: number): void {
  if (served.scope?.state !== 'open') return served.fail(new Error('stopped'));
  served.message('x'.repeat(1_000));
  if (turns === 0) served.answer();
  else setImmediate(serve, served, turns - 1);
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test.each(KINDS)(
  'G16: %s: as many disconnects as clients that leave, no other cancel',
  { timeout: 60_000 },
  async (kind) => {
    const seed = Date.now() % 1_000_000;
    const random = randoms(seed);
    const recorded = record();
    const scopes: Record<string, Scope[]> = { stays: [], leaves: [], races: [] };
    const { client } = await service({ client: 'plain' }, (served) => {
      const does = String(served.call.metadata.get('does')[0]);
      scopes[does]?.push(served.scope as Scope);
      serve(served, does === 'leaves' ? Infinity : random(12));
    });

    const answered = await Promise.all(
      Array.from({ length: CALLS }, async (_, index) => {
        const does = CLIENTS[index % CLIENTS.length] as string;
        const metadata = new Metadata();
        metadata.set('does', does);
        await turns(random(200));
        const made = client.make(kind, {}, metadata);
        if (does !== 'stays') {
          await made.begun;
          await turns(random(8));
          made.call.cancel();
        }
        return [does, (await made.ended) === null] as const;
      }),
    );
    await until(() => recorded.of('scopeSettled').length === CALLS);

    const reasonsOf = (does: string): unknown[] => scopes[does]?.map(({ cause }) => cause?.reason) ?? [];
    const raced = reasonsOf('races').filter((reason) => reason !== undefined);
    console.log(`grpc ${kind}: seed ${seed}, ${CALLS} calls, ${raced.length} of ${CALLS / 3} races were disconnects`);
    expect(reasonsOf('stays')).toEqual(Array(CALLS / 3).fill(undefined));
    expect(reasonsOf('leaves')).toEqual(Array(CALLS / 3).fill('disconnect'));
    expect(new Set(raced)).toEqual(new Set(['disconnect']));
    expect(recorded.of('cancelRequested')).toHaveLength(CALLS / 3 + raced.length);
    expect(answered.filter(([does, fine]) => does === 'stays' && !fine)).toEqual([]);
  },
);
