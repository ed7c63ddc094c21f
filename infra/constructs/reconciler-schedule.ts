import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Handler } from './handler.ts';

/** Minutes between two looks at the sweeps that are under way. */
export const RECONCILER_MINUTES = 5;

/** Invokes the reconciler every few minutes: queues only carry hints, this makes sweeps end although hints get lost. */
export function reconcilerSchedule(reconciler: Handler): void {
  new Rule(reconciler, 'Schedule', {
    description: 'Looks after the sweeps that are under way.',
    schedule: Schedule.rate(Duration.minutes(RECONCILER_MINUTES)),
    // The next look does what a failed one did not.
    targets: [new LambdaFunction(reconciler.fn, { retryAttempts: 0 })],
  });
}
