import type { Scope } from 'cancelscope';

/** Counts primes without ever yielding, and stops all the same: the flag is in shared memory. */
export default function countPrimes({ below }: { below: number }, scope: Scope): number {
  let count = 0;
  for (let number = 2; number < below; number++) {
    scope.throwIfCancelled();
    let divisor = 2;
    while (divisor * divisor <= number && number % divisor !== 0) divisor++;
    if (divisor * divisor > number) count++;
  }
  return count;
}

/** Never looks: nothing but the end of its thread stops it. */
export function spin(): never {
  for (;;);
}
