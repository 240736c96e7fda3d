/**
 * Makes many signals that nobody keeps, as a service with a deadline on every call does, and says what stays in memory.
 * `timeout`: of AbortSignal.timeout; `any`: of these, with one of a controller; `held`: of AbortSignal.timeout, all kept.
 */
const [, , kind] = process.argv;
const COUNT = kind === 'any' ? 20_000 : 100_000; // Node is slow to collect the former
const kept = [];

function make() {
  const timeout = AbortSignal.timeout(3_600_000);
  if (kind === 'held') kept.push(timeout);
  if (kind === 'any') AbortSignal.any([timeout, new AbortController().signal]);
}

async function bytesInUse() {
  for (let round = 0; round < 3; round++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20)); // finalizers run in a turn of their own
  }
  return process.memoryUsage().heapUsed;
}

async function round(count) {
  for (let made = 0; made < count; made++) {
    make();
    if (made % 1000 === 0) await new Promise(setImmediate); // as in a service: a turn lets go of what was made in it
  }
}

await round(1000); // what is made once
const before = await bytesInUse();
await round(COUNT);
const after = await bytesInUse();
console.log(`retained ${Math.round((after - before) / COUNT)} bytes a signal, kept ${kept.length}`);
process.exit();
