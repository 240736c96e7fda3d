/**
 * The floor: the least a token can be, by hand, for the one thing it must do. It shows what can be reached.
 *
 * F1. Children and listeners are intrusive lists: adding and removing cost the same however many there are.
 * F2. A cancel is iterative, marks all before it notifies any, and allocates nothing.
 * F3. Nothing is made before it is needed. It has no cause, no clock, no errors caught, no telemetry.
 */

/** A listener's place on a {@link FloorToken}. */
export class FloorListener {
  next: FloorListener | null = null;
  previous: FloorListener | null = null;
  token: FloorToken | null;
  readonly call: (reason: string) => void;

  constructor(token: FloorToken, call: (reason: string) => void) {
    this.token = token;
    this.call = call;
  }

  dispose(): boolean {
    const { token, next, previous } = this;
    if (token === null) return false;
    this.token = null;
    if (previous === null) token.firstListener = next;
    else previous.next = next;
    if (next === null) token.lastListener = previous;
    else next.previous = previous;
    return true;
  }
}

/** One-way switch with children and listeners. */
export class FloorToken {
  reason: string | null = null;
  parent: FloorToken | null = null;
  /** Once cancelled: the next one to notify. */
  previous: FloorToken | null = null;
  next: FloorToken | null = null;
  firstChild: FloorToken | null = null;
  lastChild: FloorToken | null = null;
  firstListener: FloorListener | null = null;
  lastListener: FloorListener | null = null;

  get isCancelled(): boolean {
    return this.reason !== null;
  }

  child(): FloorToken {
    const child = new FloorToken();
    if (this.reason !== null) {
      child.reason = this.reason;
      return child;
    }
    child.parent = this;
    const last = this.lastChild;
    if (last === null) this.firstChild = child;
    else {
      last.next = child;
      child.previous = last;
    }
    this.lastChild = child;
    return child;
  }

  onCancel(call: (reason: string) => void): FloorListener {
    const listener = new FloorListener(this, call);
    const last = this.lastListener;
    if (last === null) this.firstListener = listener;
    else {
      last.next = listener;
      listener.previous = last;
    }
    this.lastListener = listener;
    return listener;
  }

  dispose(): void {
    const { parent, next, previous } = this;
    if (parent === null) return;
    this.parent = this.next = this.previous = null;
    if (previous === null) parent.firstChild = next;
    else previous.next = next;
    if (next === null) parent.lastChild = previous;
    else next.previous = previous;
  }

  cancel(reason: string): boolean {
    if (this.reason !== null) return false;
    this.dispose();
    if (this.firstChild === null) {
      this.reason = reason;
      notify(this, reason);
      return true;
    }
    for (let token: FloorToken | null = markAll(this, reason); token !== null;) {
      const following: FloorToken | null = token.previous;
      token.previous = null;
      notify(token, reason);
      token = following;
    }
    return true;
  }

  /** A token that the first of two cancels; dispose both listeners to unlink. */
  static either(first: FloorToken, second: FloorToken): { token: FloorToken; unlink: () => void } {
    const token = new FloorToken();
    const cancel = (reason: string): void => void token.cancel(reason);
    const one = first.onCancel(cancel);
    const other = second.onCancel(cancel);
    return {
      token,
      unlink() {
        one.dispose();
        other.dispose();
      },
    };
  }
}

/** Marks `root` and all below it, depth first, and gives the first of those with listeners (F2). */
function markAll(root: FloorToken, reason: string): FloorToken | null {
  let head: FloorToken | null = null;
  let tail: FloorToken | null = null;
  for (let token = root; ;) {
    token.reason = reason;
    token.previous = null;
    token.lastChild = null;
    if (token.firstListener !== null) {
      if (tail === null) head = token;
      else tail.previous = token;
      tail = token;
    }
    const child = token.firstChild;
    if (child !== null) {
      token.firstChild = null;
      token = child;
      continue;
    }
    while (token !== root && token.next === null) {
      const parent = token.parent as FloorToken;
      token.parent = null;
      token = parent;
    }
    if (token === root) return head;
    const next = token.next as FloorToken;
    token.next = null;
    token = next;
  }
}

function notify(token: FloorToken, reason: string): void {
  for (let listener = token.firstListener; listener !== null; listener = token.firstListener) {
    listener.dispose();
    listener.call(reason);
  }
}

/** An async function in the scope of a child token. */
export async function floorScope<T>(parent: FloorToken, body: (token: FloorToken) => Promise<T>): Promise<T> {
  const token = parent.child();
  try {
    return await body(token);
  } finally {
    token.dispose();
  }
}
