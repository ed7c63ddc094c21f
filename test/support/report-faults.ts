import { TestRunner } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** How often a test tried each fault, by number; for the table of docs/reliability.md. */
    faults?: Readonly<Record<string, number>>;
  }
}

/** Tells how often the running test tried faults, by their numbers; a test that does not tell counts as once. */
export function reportFaults(tried: Readonly<Record<string, number>>): void {
  TestRunner.getCurrentTest()!.meta.faults = tried;
}
