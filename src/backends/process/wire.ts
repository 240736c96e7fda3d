/**
 * Messages as they cross the channel: text in an envelope that every listener of it can tell from its own messages.
 *
 * Z1. The same on every channel, whatever its serialization. Numbers that JSON has no word for come back as they were:
 *     a scope without a deadline has `Infinity` left.
 * Z2. What comes out is plain data or nothing. Whatever went in, nothing is thrown.
 */
import type { Message } from '../link/index.ts';

/** What a program's own `message` listeners see of us; they may ignore all that has this mark. */
export interface Envelope {
  readonly cancelscope: 'link';
  readonly text: string;
}

/** Stands for a number JSON has no word for. */
interface Spelled {
  readonly number: string;
}

/** A message on its way out. @throws TypeError for what no message holds. */
export function sealed(message: Message): Envelope {
  return { cancelscope: 'link', text: JSON.stringify(message, spell) };
}

/** Whether something that arrived is ours. */
export function isEnvelope(value: unknown): value is Envelope {
  return typeof value === 'object' && value !== null && (value as Partial<Envelope>).cancelscope === 'link';
}

/** The message in an envelope, if there is one (Z2). */
export function opened({ text }: Envelope): unknown {
  try {
    return JSON.parse(text, read);
  } catch {
    return undefined;
  }
}

function spell(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return { number: String(value) } satisfies Spelled; // Z1
  return typeof value === 'bigint' ? String(value) : value;
}

function read(_key: string, value: unknown): unknown {
  const spelled = (value as Partial<Spelled> | null)?.number;
  return spelled === 'Infinity' || spelled === '-Infinity' || spelled === 'NaN' ? Number(spelled) : value;
}
