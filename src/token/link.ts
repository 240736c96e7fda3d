/**
 * Links: what cancels a token besides its parent. `any`, `all`, the `token` and `signal` options are made of them.
 *
 * K1. A link hangs on two lists: its source's, to be followed, and its target's, to be taken back.
 * K2. Taking back is complete: a source with no links left is told, so that a foreign signal loses its listener (T11).
 */
import type { TreeNode } from './tree.ts';

/** What links start from: a token, or an adopted foreign signal. */
export interface LinkSource {
  _links: Link | null;
  /** The last link left. */
  _linksEmptied(): void;
}

/** How many sources of an `all` are still to come. */
export interface Quorum {
  missing: number;
}

/** One way from a source to a target. */
export class Link {
  source: LinkSource | null;
  readonly target: TreeNode;
  readonly quorum: Quorum | null;
  next: Link | null = null;
  previous: Link | null = null;
  /** The target's next link up. */
  nextUp: Link | null;

  constructor(source: LinkSource, target: TreeNode, quorum: Quorum | null) {
    this.source = source;
    this.target = target;
    this.quorum = quorum;
    this.nextUp = target._upstream;
    target._upstream = this;
    this.next = source._links;
    if (this.next !== null) this.next.previous = this;
    source._links = this;
  }
}

/** Takes back every link that leads to `target` (K2). */
export function unlinkUpstream(target: TreeNode): void {
  let link = target._upstream;
  target._upstream = null;
  for (; link !== null; link = link.nextUp) {
    const source = link.source;
    if (source === null) continue;
    link.source = null;
    if (link.previous !== null) link.previous.next = link.next;
    else source._links = link.next;
    if (link.next !== null) link.next.previous = link.previous;
    if (source._links === null) source._linksEmptied();
  }
}

/** Empties a source's list, oldest link first, and gives the targets it is enough to cancel. */
export function takeLinks(source: LinkSource): TreeNode[] {
  const targets: TreeNode[] = [];
  let link = source._links;
  source._links = null;
  while (link !== null) {
    const next: Link | null = link.next;
    link.source = link.next = link.previous = null;
    if (link.quorum === null || --link.quorum.missing === 0) targets.push(link.target);
    link = next;
  }
  return targets.reverse();
}

/** Hands a source's targets to another source. */
export function moveLinks(from: LinkSource, to: LinkSource): void {
  const first = from._links;
  if (first === null) return;
  let last = first;
  for (let link: Link | null = first; link !== null; link = link.next) {
    link.source = to;
    last = link;
  }
  last.next = to._links;
  if (last.next !== null) last.next.previous = last;
  to._links = first;
  from._links = null;
}

/** Cuts a source off from its targets: a disposed token can cancel nobody. */
export function unlinkDownstream(source: LinkSource): void {
  for (let link = source._links; link !== null; link = link.next) link.source = null;
  source._links = null;
}
