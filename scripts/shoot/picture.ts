/**
 * A picture of one dashboard, and what the page says of its panels.
 *
 * PI1. It is taken when every panel that can be seen has drawn an answer, and nothing has changed for a while since.
 * PI2. What the page complains of in its console, or throws, is part of the result.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from './browser.ts';
import type { Fields } from './devtools.ts';
import type { DrawnPanel } from './outcome.ts';

/** A picture of a page. */
export interface Picture {
  readonly png: Buffer;
  /** By the panel's id. */
  readonly panels: Readonly<Record<string, DrawnPanel>>;
  readonly complaints: readonly string[];
}

const WIDTH = 1_600;
const READY_WITHIN_MS = 30_000;
const QUIET_MS = 1_500;
const POLL_EVERY_MS = 250;
/** A page is higher than its panels by about so much. */
const SURROUNDINGS = 200;
const UNIT_HEIGHT = 38;

/** Loads the page and takes the picture. */
export async function take(
  { connection }: Browser,
  url: string,
  expected: { readonly panels: number; readonly units: number },
): Promise<Picture> {
  const { targetId } = await connection.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await connection.send('Target.attachToTarget', { targetId, flatten: true });
  const send = (method: string, parameters: Fields = {}): Promise<Fields> =>
    connection.send(method, parameters, String(sessionId));
  const complaints: string[] = [];
  connection.onEvent(String(sessionId), (method, parameters) => {
    const complaint = complaintOf(method, parameters);
    if (complaint !== undefined) complaints.push(complaint); // PI2
  });
  const evaluate = async (expression: string): Promise<unknown> => {
    const { result } = await send('Runtime.evaluate', { expression, returnByValue: true });
    return (result as { value?: unknown }).value;
  };
  const size = (height: number): Promise<Fields> =>
    send('Emulation.setDeviceMetricsOverride', { width: WIDTH, height, deviceScaleFactor: 1, mobile: false });
  await send('Runtime.enable');
  await send('Log.enable');
  await send('Page.enable');
  await size(expected.units * UNIT_HEIGHT + SURROUNDINGS);
  await send('Page.navigate', { url });
  await settled(evaluate, expected.panels);
  await size(Number(await evaluate('Math.ceil(document.querySelector("#page").getBoundingClientRect().height)')));
  const panels = await settled(evaluate, expected.panels);
  // As high as the page, and not a part of a larger view: of that Chromium draws only what was there at first.
  const { data } = await send('Page.captureScreenshot', { format: 'png' });
  await connection.send('Target.closeTarget', { targetId });
  return { png: Buffer.from(String(data), 'base64'), panels, complaints };
}

/** Waits for the panels (PI1); after a while it takes what is there. */
async function settled(
  evaluate: (expression: string) => Promise<unknown>,
  count: number,
): Promise<Record<string, DrawnPanel>> {
  const until = performance.now() + READY_WITHIN_MS;
  let last = '';
  let since = performance.now();
  while (performance.now() < until) {
    const now = String(await evaluate('JSON.stringify(window.shot?.panels ?? {})'));
    if (now !== last) since = performance.now();
    last = now;
    const drawn = Object.values(JSON.parse(now) as Record<string, DrawnPanel>);
    const done = drawn.filter(({ state }) => state === 'Done' || state === 'Error').length;
    if (done >= count && performance.now() - since > QUIET_MS) break;
    await delay(POLL_EVERY_MS);
  }
  return JSON.parse(last) as Record<string, DrawnPanel>;
}

function complaintOf(method: string, parameters: Fields): string | undefined {
  if (method === 'Runtime.exceptionThrown') {
    const { exceptionDetails } = parameters as {
      exceptionDetails: { text: string; exception?: { description?: string } };
    };
    return exceptionDetails.exception?.description ?? exceptionDetails.text;
  }
  if (method === 'Runtime.consoleAPICalled' && parameters['type'] === 'error') {
    const args = parameters['args'] as readonly { readonly value?: unknown; readonly description?: string }[];
    return args.map(({ value, description }) => (typeof value === 'string' ? value : description)).join(' ');
  }
  const { entry } = parameters as { entry?: { level: string; text: string; url?: string } };
  return method === 'Log.entryAdded' && entry?.level === 'error' ? `${entry.text} ${entry.url ?? ''}` : undefined;
}
