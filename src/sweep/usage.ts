import type { ShardMessage } from '../contracts/message.ts';
import type { Deployment } from './estimate-cost.ts';
import { putJson } from './json-objects.ts';
import { usageKey, usagePrefix } from './keys.ts';
import type { Store } from './ports.ts';
import { LIST_PRICES, type Prices } from './prices.ts';

/** What one attempt at a shard took in the cloud. */
export interface ShardUsage {
  /** How often the message had been received, this time included. */
  readonly receives: number;
  readonly milliseconds: number;
  /** Highest resident memory of the process so far. */
  readonly peakMb: number;
  /** Names the attempt. */
  readonly requestId: string;
}

/** What all attempts of a sweep took so far. */
export interface SweepUsage {
  readonly attempts: number;
  readonly workerSeconds: number;
  readonly peakMb: number;
}

/**
 * Notes what an attempt took, outside of what a sweep's bytes depend on.
 *
 * Time and memory stand in the key too, so that the sum over 10,000 shards is ten LIST pages instead of 10,000 GETs.
 */
export async function noteUsage(
  store: Store,
  { sweepId, generation, shard }: Omit<ShardMessage, 'v'>,
  usage: ShardUsage,
): Promise<void> {
  const { milliseconds, peakMb, requestId } = usage;
  const name = `shard-${String(shard).padStart(5, '0')}.g${generation}.${Math.round(milliseconds)}ms.${Math.round(peakMb)}mb.${requestId}.json`;
  await putJson(store, usageKey(sweepId, name), { v: 1, shard, generation, ...usage });
}

/** Sums what the attempts of a sweep noted. */
export async function sweepUsage(store: Store, sweepId: string): Promise<SweepUsage> {
  let attempts = 0;
  let milliseconds = 0;
  let peakMb = 0;
  for await (const { key } of store.list(`${usagePrefix(sweepId)}shard-`)) {
    const found = /\.(\d{1,9})ms\.(\d{1,9})mb\.[^.]+\.json$/.exec(key);
    if (!found) continue;
    attempts++;
    milliseconds += Number(found[1]);
    peakMb = Math.max(peakMb, Number(found[2]));
  }
  return { attempts, workerSeconds: milliseconds / 1_000, peakMb };
}

/** What the measured time of the workers costs; requests and the other functions, some percent more, are not in it. */
export function measuredUsd(
  usage: SweepUsage,
  { workerMemoryMb }: Deployment,
  prices: Prices = LIST_PRICES,
): number {
  return usage.workerSeconds * (workerMemoryMb / 1_024) * prices.lambdaGbSecond;
}
