import type { SweepStatistics } from '../../contracts/sweep-statistics.ts';
import type { ResultTable } from '../../formats/results-parquet.ts';
import type { StatisticsInput } from '../aggregate-input.ts';
import type { Fold, Ranking, RowObserver } from '../fold-shards.ts';
import type { FurtherTable, ValidationTable } from '../further-tables.ts';
import { shardRange } from '../plan.ts';
import { type ReadMemory, shardReader } from '../read-shard.ts';
import { axisImportance } from './axis-importance.ts';
import type { BarFacts } from './bar-facts.ts';
import { benchmarkOf } from './benchmark.ts';
import { type BlockStatistics, createBlockStatistics } from './block-statistics.ts';
import { type Findings, summaryStatistics } from './findings.ts';
import { createGridNeighbours } from './grid-neighbours.ts';
import { luckOf, type RunLuck } from './leader-luck.ts';
import { type Neighbourhood, neighbourhoods } from './neighbourhood.ts';
import { plateauClusters } from './plateau-clusters.ts';
import { plateausTable } from './plateaus-table.ts';
import { BLOCK_COLUMNS, blockColumns, FEWEST_BARS } from './run-blocks.ts';
import { statisticRows } from './statistic-rows.ts';
import type { StatisticsSource } from './statistics-source.ts';
import { statisticsTable } from './statistics-table.ts';

/** What the statistics over the whole grid came to. */
export interface MeasuredSweep {
  readonly statistics: SweepStatistics;
  readonly tables: Readonly<Record<Exclude<FurtherTable, ValidationTable>, ResultTable>>;
}

/** The statistics of one sweep: they see all rows while these are folded, then once more. */
export interface SweepStatisticsPass extends RowObserver {
  /** The surroundings of each run of the fold. */
  neighbourhoodsOf(fold: Pick<Fold, 'objective'>): (run: number) => Neighbourhood;
  /** After the last shard: the second pass over the rows, and all else that needs no leaderboard. */
  rank(fold: Pick<Fold, 'objective'>, memory: ReadMemory): Promise<void>;
  /** After the second pass; `board` is the leaderboard. */
  finish(fold: Fold, board: ResultTable, generation: number): MeasuredSweep;
}

/**
 * Begins the statistics of a sweep: a pure function of its rows, spec and bars, in memory that grows with the number of runs by
 * 9 bytes each, 12 more a good one, and 8 more in a sample or with conditions; whatever else is bounded.
 *
 * @param facts of the bars; null where they cannot be had: then only what needs no bars is told
 */
export async function startSweepStatistics(
  source: StatisticsSource,
  { spec, grid }: Pick<StatisticsInput, 'spec' | 'grid'>,
  { direction }: Pick<Ranking, 'direction'>,
  facts: BarFacts | null,
): Promise<SweepStatisticsPass> {
  const { store, plan, shards, columns } = source;
  const neighbours = createGridNeighbours(grid, spec, plan);
  const wanted = spec.statistics.benchmark;
  const benchmark = facts && (await benchmarkOf(source, wanted, facts));
  const riskFree = facts === null ? 0 : spec.riskFreeRate / facts.barsPerYear;
  const blocks =
    facts === null || plan.bars < FEWEST_BARS
      ? null
      : createBlockStatistics({
          bars: plan.bars,
          runs: plan.runs,
          riskFree,
          benchmark,
          seed: Number.parseInt(plan.sweepId.slice(0, 8), 16),
        });
  const secondPass = (memory: ReadMemory) => {
    const readRows = shardReader(
      store,
      plan,
      columns.filter(({ name }) => BLOCK_COLUMNS.includes(name)),
      memory,
    );
    return async (shard: number) => blockColumns(await readRows(shard), shardRange(plan, shard).count);
  };
  const neighbourhoodsOf = ({ objective }: Pick<Fold, 'objective'>) =>
    neighbourhoods(neighbours, objective, direction);
  let plateaus: ReturnType<typeof plateauClusters>;
  let importance: ReturnType<typeof axisImportance>;
  return {
    columns: BLOCK_COLUMNS,
    observe: (shard, rows, count) => blocks?.observe(shard, blockColumns(rows, count)),
    neighbourhoodsOf,
    async rank({ objective }, memory) {
      await blocks?.rank(shards, secondPass(memory));
      plateaus = plateauClusters(neighbours, grid.axes.length, objective, direction);
      importance = axisImportance(
        neighbours,
        grid.axes.map(({ values }) => values.length),
        objective,
      );
    },
    finish(fold, board, generation) {
      const { objective } = fold;
      const found = blocks === null ? null : blocks.result();
      const luck = Array.from({ length: board.rows }, (_, row) => luckOfRow(board, row));
      const findings: Findings = {
        okRuns: fold.okRuns,
        bars: plan.bars,
        barsPerYear: facts?.barsPerYear ?? null,
        benchmark: benchmark?.name ?? '',
        objective,
        blocks: found,
        leaderLuck: luck[0] ?? null,
        leaders: leaders(),
        plateaus,
        axes: grid.axes.map(({ path }) => path),
        importance,
        gaps: gapsOf(found, board.rows > 0 && luck[0] === null),
      };
      return {
        statistics: summaryStatistics(findings),
        tables: {
          statistics: statisticsTable(statisticRows(findings), generation),
          plateaus: plateausTable(findings.leaders, generation),
        },
      };

      function luckOfRow(table: ResultTable, row: number): RunLuck | null {
        if (facts === null) return null;
        const sharpeVariance = found?.sharpeVariance ?? null;
        const trials = found?.trials?.trials ?? null;
        return luckOf(table, row, {
          bars: plan.bars,
          barsPerYear: facts.barsPerYear,
          riskFree,
          sharpeVariance,
          trials,
        });
      }
      function leaders() {
        const around = neighbourhoodsOf(fold);
        return luck.map((one, row) => {
          const runIndex = board.values.get('run_index')![row] as number;
          const cluster = plateaus.clusterOf(runIndex);
          return {
            ...around(runIndex),
            rank: row + 1,
            runIndex,
            runId: board.values.get('run_id')![row] as string,
            objective: objective[runIndex]!,
            cluster: cluster < 0 ? null : cluster + 1,
            psr: one?.psr ?? null,
            deflatedSharpe: one?.deflatedSharpe ?? null,
            minTrackRecordBars: one?.minTrackRecordBars ?? null,
          };
        });
      }
    },
  };

  function gapsOf(found: BlockStatistics | null, flatLeader: boolean): string[] {
    if (facts === null) return ['This version cannot read the bars of the sweep: nothing is said of luck.'];
    if (plan.bars < FEWEST_BARS) return [`Of fewer than ${FEWEST_BARS} bars nothing is said of luck.`];
    const gaps: string[] = [];
    if (found!.runs < 2) {
      gaps.push('Fewer than 2 runs have returns that vary: there was nothing to choose from.');
    }
    if (flatLeader) gaps.push('The returns of the best run do not vary: it has no Sharpe ratio.');
    if (benchmark === null && typeof wanted === 'object') {
      gaps.push(`The benchmark, run ${wanted.run}, is not among the runs that succeeded.`);
    }
    return gaps;
  }
}
