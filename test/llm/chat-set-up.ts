import { CancellationToken } from 'cancelscope';
import { Registry } from 'prom-client';
import { type ChatParts, type ChatResult, runChat } from '../../examples/llm/chat.ts';
import { type Keys, spaceTokens } from '../../examples/llm/keys.ts';
import { createMetrics } from '../../examples/llm/metrics.ts';
import { connectModel, type Model } from '../../examples/llm/model.ts';
import type { ModelServer } from '../../examples/llm/model-server.ts';
import { SpaceKey } from '../../examples/llm/space-key.ts';
import { parseExposition, type Exposition } from '../support/exposition.ts';

/** A chat with a hand on its keyboard and an eye on its screen. */
export interface HeldChat {
  /** Presses SPACE. */
  space(): void;
  /** Presses a key that stops. */
  stop(key: string): void;
  /** What is on the screen: all text, and the notices that came up. */
  readonly shown: { text: string; readonly notices: string[] };
  /** Resolves when as much text is shown. */
  shows(text: string): Promise<void>;
  /** Resolves when so many pieces have come and been seen to. */
  came(pieces: number): Promise<void>;
  /** Resolves when so many notices have come up. */
  paused(times: number): Promise<void>;
  readonly result: Promise<ChatResult>;
  metrics(): Promise<Exposition>;
}

type Wishes = Partial<Pick<ChatParts, 'work' | 'linkSpan'>> & {
  /** Called when a notice comes up. */
  readonly onPaused?: (chat: Pick<HeldChat, 'space' | 'stop'>) => void;
};

/** Starts a chat. */
export function startChat(model: Model, { onPaused, work = () => {}, linkSpan = () => {} }: Wishes = {}): HeldChat {
  const space = new SpaceKey();
  const keys: Keys = {
    nextSpace: spaceTokens((token) => space.arm(token)),
    stop: new CancellationToken({ name: 'stop-key' }),
    attended: true,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const hand = { space: () => space.press(), stop: (key: string) => void keys.stop.cancel('manual', key) };
  const shown = { text: '', notices: [] as string[] };
  let pieces = 0;
  const watchers = new Set<() => void>();
  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const watch = (): void => {
        if (!holds()) return;
        watchers.delete(watch);
        resolve();
      };
      watchers.add(watch);
      watch();
    });
  const changed = (): void => watchers.forEach((watch) => watch());
  const screen = {
    text(text: string) {
      shown.text += text;
      changed();
    },
    paused(notice: string) {
      shown.notices.push(notice);
      changed();
      onPaused?.(hand);
    },
    resumed() {},
    end() {},
  };
  const workAndCount: ChatParts['work'] = (scope) => {
    work(scope);
    pieces++;
    changed();
  };
  const registry = new Registry();
  const metrics = createMetrics(registry);
  const prompt = 'Tell me.';
  const result = runChat({ prompt, model, keys, screen, metrics, linkSpan, work: workAndCount });
  return {
    ...hand,
    shown,
    shows: (text) => until(() => shown.text === text),
    came: (count) => until(() => pieces >= count),
    paused: (times) => until(() => shown.notices.length >= times),
    result,
    metrics: async () => parseExposition(await registry.metrics()),
  };
}

/** The real client, connected to a model on this machine. */
export function connect({ url }: ModelServer): Model {
  return connectModel({ model: 'storyteller', apiKey: 'none', url });
}
