/** A module that throws while it loads. */
export default function unreachable(): void {}

throw new SyntaxError('broken module');
