/** Which scope to show where a dashboard shows one: the one with most cancels. */
import type { Watched } from './load.ts';

/** Its name; that of no scope where none was cancelled. */
export async function busiestScope({ url, from, to }: Watched): Promise<string> {
  const range = `${Math.round((to - from) / 1_000)}s`;
  const query = `topk(1, sum by (scope) (increase(cancellation_latency_seconds_count[${range}])))`;
  const parameters = new URLSearchParams({ query, time: String(to / 1_000) });
  const answer = await fetch(`${url}/api/v1/query?${parameters.toString()}`);
  const { data } = (await answer.json()) as { data: { result: { metric: Record<string, string> }[] } };
  return data.result[0]?.metric['scope'] ?? '';
}
