import * as z from 'zod';
import { expected } from './expected.ts';
import { stopFault, stopRuleSchema } from './stop-rule.ts';
import { untrusted } from './untrusted.ts';

/** One cell of an event: a target weight (null = maintain, 0 = flatten) and stops that override the run's defaults. */
export const simulationInstructionSchema = z
  .strictObject(
    {
      weight: z
        .number(expected('a finite number, or null for maintain'))
        .nullable()
        .describe('Signed fraction of equity to hold; 0 = flatten, null = maintain'),
      stops: stopRuleSchema.optional(),
    },
    expected('an instruction {weight, stops?}'),
  )
  .superRefine(({ weight, stops }, context) => {
    const fault = stops && stopFault(stops, weight);
    if (fault) context.addIssue({ code: 'custom', path: ['stops', fault.field], message: fault.message });
  });

/**
 * A rebalance event as it comes from outside. Unknown fields, reserved member names and ±Infinity are refused; limits
 * on weights are checked where they are known, by `compileEvents`.
 */
export const rebalanceEventSchema = untrusted.pipe(
  z.strictObject(
    {
      timestamp: z
        .union([z.int(), z.string().min(1)], expected('an ISO date-time or epoch milliseconds'))
        .describe('ISO date or date-time (UTC unless it names a zone), or epoch milliseconds'),
      instructions: z.record(
        z.string().min(1),
        simulationInstructionSchema,
        expected('an object of asset → {weight, stops?}'),
      ),
      metadata: z.record(z.string(), z.unknown(), expected('an object')).optional(),
      checksum: z
        .string(expected('a sha256 in lower-case hex'))
        .regex(/^[0-9a-f]{64}$/, expected('a sha256 in lower-case hex'))
        .optional(),
    },
    expected('a rebalance event {timestamp, instructions, metadata?, checksum?}'),
  ),
);

export type SimulationInstruction = Readonly<z.output<typeof simulationInstructionSchema>>;

/** A rebalance event that was checked: its time in epoch milliseconds, its checksum verified or computed. */
export interface RebalanceEvent {
  /** Epoch milliseconds, UTC. */
  readonly timestamp: number;
  /** By asset; absent or weight null = maintain. */
  readonly instructions: Readonly<Record<string, SimulationInstruction>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** sha256 in lower-case hex of what src/formats/rebalance-event-checksum.ts states. */
  readonly checksum: string;
}
