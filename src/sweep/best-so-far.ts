import type { Plan } from '../contracts/plan.ts';
import { decodeResults, type ResultColumn } from '../formats/results-parquet.ts';
import type { Ranking } from './fold-shards.ts';
import { resultKey } from './keys.ts';
import { shardRange } from './plan.ts';
import type { ShardRunner } from './ports.ts';

/**
 * A runner that remembers the best objective of the shards it computed, by the ranking and constraints of the sweep:
 * for people who wait, never for a result.
 */
export function watchedRunner(
  runner: ShardRunner,
  plan: Plan,
  columns: readonly ResultColumn[],
  ranking: Ranking,
): ShardRunner & { best(): number | null } {
  const wanted = new Set([ranking.metric, ...ranking.constraintColumns]);
  const read = columns.filter(({ name }) => wanted.has(name));
  let best: number | null = null;
  const see = async (shard: number, bytes: Uint8Array) => {
    const { count } = shardRange(plan, shard);
    const rows = await decodeResults(bytes, read, count, resultKey(plan.sweepId, shard));
    const number = (name: string, row: number) => rows.get(name)![row] as number;
    for (let row = 0; row < count; row++) {
      const value = number(ranking.metric, row);
      if (Number.isNaN(value)) continue;
      if (best !== null && (ranking.direction === 'higher' ? value <= best : value >= best)) continue;
      const constrained = ranking.constraintColumns.map((name) => {
        const found = number(name, row);
        return [name, Number.isNaN(found) ? null : found];
      });
      if (ranking.accept(Object.fromEntries(constrained))) best = value;
    }
  };
  return {
    ...runner,
    best: () => best,
    async run(shard) {
      const output = await runner.run(shard);
      if ('bytes' in output) await see(shard, output.bytes);
      return output;
    },
  };
}
