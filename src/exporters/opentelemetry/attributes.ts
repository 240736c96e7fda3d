/**
 * Attributes of spans and log events.
 *
 * A1. Values are strings, finite numbers, booleans and lists of strings: API 1.10 types anything and the SDK drops the
 *     rest with a warning.
 * A2. A user's attribute never stands for one of ours: the `cancellation.` names are taken.
 * A3. Message text is opt-in, and bounded.
 */
import { ATTRIBUTES } from '../../instrumentation/index.ts';
import type { CancellationCause, ScopeInfo, ScopeSettled } from '../../token/index.ts';
import { secondsBetween } from './hr-time.ts';

/** A value of an attribute (A1). */
export type TelemetryAttributeValue = string | number | boolean | string[];

/** Attributes of a span, a link or a log event (A1). */
export type TelemetryAttributes = Record<string, TelemetryAttributeValue>;

const MESSAGE_LIMIT = 256;
const OWN_PREFIX = 'cancellation.';

/** What a scope's span knows at its start. */
export function openingAttributes(scope: ScopeInfo): TelemetryAttributes {
  const attributes: TelemetryAttributes = {
    [ATTRIBUTES.scopeName]: scope.name,
    [ATTRIBUTES.scopeId]: scope.id,
  };
  if (scope.deadline !== Number.POSITIVE_INFINITY) {
    const budget = Math.max(0, secondsBetween(scope.openedAt, scope.deadline));
    if (Number.isFinite(budget)) attributes[ATTRIBUTES.deadlineBudget] = budget;
  }
  if (scope.origin.threadId !== 0) {
    attributes[ATTRIBUTES.threadId] = scope.origin.threadId;
    attributes[ATTRIBUTES.threadName] = scope.origin.threadName;
  }
  if (scope.attributes !== undefined) addUsers(attributes, scope.attributes);
  return attributes;
}

function addUsers(attributes: TelemetryAttributes, given: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(given)) {
    if (key === '' || key.startsWith(OWN_PREFIX)) continue; // A2
    if (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) {
      attributes[key] = value as TelemetryAttributeValue; // A1
    }
  }
}

/** Who cancelled, why and from where. The id is the root token's, so all a cancel reached shares it. */
export function causeAttributes(cause: CancellationCause, messages: boolean): TelemetryAttributes {
  const { root } = cause;
  const attributes: TelemetryAttributes = {
    [ATTRIBUTES.id]: root.token.id,
    [ATTRIBUTES.reason]: cause.reason,
    [ATTRIBUTES.rootReason]: root.reason,
  };
  const via = cause.via ?? root.via;
  if (via !== undefined && via.length > 0) attributes[ATTRIBUTES.via] = [...via];
  const message = messages ? boundedMessage(cause.message ?? root.message) : undefined;
  if (message !== undefined) attributes[ATTRIBUTES.message] = message;
  return attributes;
}

/** The thread that cancelled: not, as usual for `thread.id`, the one the span is on. */
export function sourceThreadAttributes(cause: CancellationCause): TelemetryAttributes {
  const { threadId, threadName } = cause.root.origin;
  return {
    [ATTRIBUTES.sourceThreadId]: threadId,
    [ATTRIBUTES.sourceThreadName]: threadName,
    [ATTRIBUTES.threadId]: threadId,
    [ATTRIBUTES.threadName]: threadName,
  };
}

/** How far each phase of the cancel of an ended scope took, in seconds. */
export function phaseAttributes({ phases, settledAt }: ScopeSettled): TelemetryAttributes {
  if (phases === undefined) return {};
  const { requestedAt, deliveredAt, acknowledgedAt, mechanism, depth, boundary } = phases;
  const attributes: TelemetryAttributes = {
    [ATTRIBUTES.depth]: depth,
    [ATTRIBUTES.boundary]: boundary,
    [ATTRIBUTES.deliveryDuration]: secondsBetween(requestedAt, deliveredAt),
    [ATTRIBUTES.settleDuration]: secondsBetween(acknowledgedAt ?? deliveredAt, settledAt),
    [ATTRIBUTES.latency]: secondsBetween(requestedAt, settledAt),
  };
  if (acknowledgedAt !== undefined) {
    attributes[ATTRIBUTES.acknowledgeDuration] = secondsBetween(deliveredAt, acknowledgedAt);
  }
  if (mechanism !== undefined) attributes[ATTRIBUTES.mechanism] = mechanism;
  return attributes;
}

/** A message, bounded (A3). */
export function boundedMessage(message: string | undefined): string | undefined {
  if (message === undefined || message.length <= MESSAGE_LIMIT) return message;
  // Rebuilt from a buffer: a slice would keep the whole of a huge original in memory until it is exported.
  return Buffer.from(message.slice(0, MESSAGE_LIMIT)).toString();
}
