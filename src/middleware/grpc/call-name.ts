/**
 * What the scope of a call is named.
 *
 * G11. By its method, never by an id: `grpc:/package.Service/Method` where it is served, `grpc.client:/…` where it is
 *      made; a label value from the start, so that spans and metrics agree. Of a name that is too long the outer
 *      packages go first: two methods of one service must not become one.
 */
import { labelValue } from '../../instrumentation/index.ts';

const LONGEST = 64;

/** Which end of a call. */
export type CallEnd = 'grpc' | 'grpc.client';

/** @param path - As gRPC has it: `/package.Service/Method`. */
export function callName(end: CallEnd, path: string): string {
  const room = LONGEST - end.length - ':/'.length;
  let method = path.replace(/^\//, '');
  while (method.length > room && /^[^/]*\./.test(method)) method = method.slice(method.indexOf('.') + 1);
  return labelValue(`${end}:/${method}`);
}
