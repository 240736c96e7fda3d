/**
 * Threads without threads: functions that go on one atomic operation at a time, in whatever order a test chooses.
 *
 * A step runs the function from its beginning, with the operations before answered as they were, does one more, and
 * stops it there. So it must do the same each time it is answered the same, and have no other effects than atomic ones.
 */
import { type Operation, replaceAtomics } from './interrupts.ts';

const STOP = Symbol('the next operation is not due');

let perform: ((operation: Operation) => unknown) | null = null;

/** Has {@link Stepped} functions stop between operations as long as `body` runs. */
export function stepwise(body: () => void): void {
  const restore = replaceAtomics((operation) => (perform === null ? operation.run() : perform(operation)));
  try {
    body();
  } finally {
    restore();
  }
}

/** A function on its way. */
export class Stepped<T> {
  readonly #run: () => T;
  readonly #isStep: (operation: Operation) => boolean;
  readonly #answers: unknown[] = [];
  /** What it returned. */
  result: T | undefined;
  isDone = false;

  /** `isStep`: what it stops at; what is none is done along with the step before. */
  constructor(run: () => T, isStep: (operation: Operation) => boolean = () => true) {
    this.#run = run;
    this.#isStep = isStep;
  }

  /** Does its next operation. */
  step(): void {
    let answered = 0;
    let steps = 0;
    perform = (operation) => {
      if (answered < this.#answers.length) return this.#answers[answered++];
      if (this.#isStep(operation) && steps++ > 0) throw STOP;
      const answer = operation.run();
      this.#answers.push(answer);
      answered++;
      return answer;
    };
    try {
      this.result = this.#run();
      this.isDone = true;
    } catch (stop) {
      if (stop !== STOP) throw stop;
    } finally {
      perform = null;
    }
  }
}
