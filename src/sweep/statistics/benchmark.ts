import type { SweepSpec } from '../../contracts/sweep-spec.ts';
import { BLOCKS } from '../../core/metrics/return-stats.ts';
import { readShard } from '../read-shard.ts';
import type { BarFacts } from './bar-facts.ts';
import { blockColumns } from './run-blocks.ts';
import type { StatisticsSource } from './statistics-source.ts';

/** What the runs are compared with. */
export interface Benchmark {
  readonly name: string;
  /** Σ of its returns in each block; null for cash, which earns the risk-free rate. */
  readonly sums: ArrayLike<number> | null;
}

/**
 * The benchmark that the spec names; null where it names a run that is not there or has no returns. A run is looked for by the
 * beginning of its id, in the order of the runs.
 */
export async function benchmarkOf(
  { store, plan, shards, columns }: StatisticsSource,
  benchmark: SweepSpec['statistics']['benchmark'],
  facts: BarFacts,
): Promise<Benchmark | null> {
  if (benchmark === 'cash') return { name: 'cash', sums: null };
  if (benchmark === 'equal-weight') return { name: 'all assets in equal weight', sums: facts.equalWeight };
  const ids = columns.filter(({ name }) => name === 'run_id');
  for (const shard of shards) {
    const found = (await readShard(store, plan, shard, ids)).get('run_id') as string[];
    const row = found.findIndex((id) => id.startsWith(benchmark.run));
    if (row < 0) continue;
    const rows = blockColumns(await readShard(store, plan, shard, columns), found.length).columns;
    const sums = rows.slice(0, BLOCKS).map((column) => column[row]!);
    return sums.every(Number.isFinite) ? { name: `run ${benchmark.run}`, sums } : null;
  }
  return null;
}
