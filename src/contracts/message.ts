import * as z from 'zod';

/** 32 lower-case hex digits. */
export const sweepIdSchema = z.string().regex(/^[0-9a-f]{32}$/);
const generation = z.int().min(0).max(999);

/** Message of the plan and tick queues: something may be due for this sweep. */
export const sweepMessageSchema = z.strictObject({ v: z.literal(1), sweepId: sweepIdSchema, generation });

/** Message of the shard queue: a range by reference, never parameters, so that a message cannot lie. */
export const shardMessageSchema = sweepMessageSchema.extend({ shard: z.int().min(0).max(9_999) });

export type SweepMessage = z.infer<typeof sweepMessageSchema>;
export type ShardMessage = z.infer<typeof shardMessageSchema>;
