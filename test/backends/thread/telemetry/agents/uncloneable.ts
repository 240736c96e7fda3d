/** A value no message can hold. */
export function uncloneable(): object {
  return { callback: () => {} };
}
