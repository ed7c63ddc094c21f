import { OutsideError } from '../contracts/errors.ts';
import type { Plan } from '../contracts/plan.ts';
import type { Summary } from '../contracts/summary.ts';
import { canonicalJson, sha256Hex } from '../formats/canonical-json.ts';
import { encodeMemoryMetrics, encodeParityMetrics } from '../formats/metrics-tables-parquet.ts';
import {
  decodeResults,
  encodeResults,
  numbersOf,
  type ResultColumn,
  type ResultTable,
  resultFooter,
} from '../formats/results-parquet.ts';
import { retireMarker } from './active-marker.ts';
import type { AggregateInput } from './aggregate-input.ts';
import type { ShardSets } from './complete.ts';
import { addParity, type Fold, type FoldListener, foldShards, parityGroup } from './fold-shards.ts';
import type { FurtherTable } from './further-tables.ts';
import { putJson } from './json-objects.ts';
import { summaryKey, sweepsTableKey, tableKey } from './keys.ts';
import { type Leaderboard, leaderboard, leaderboardColumns } from './leaderboard.ts';
import { LEADERS } from './plan.ts';
import type { Store } from './ports.ts';
import { memoryRow, parityRows, summaryOf, sweepsTable } from './published-tables.ts';
import { readMemory, readShard } from './read-shard.ts';
import { robustLeaders } from './robust-leaders.ts';
import { rangesOf, rangesText } from './shard-ranges.ts';
import { type BarFacts, barFactsSchema } from './statistics/bar-facts.ts';
import { type MeasuredSweep, startSweepStatistics } from './statistics/sweep-statistics.ts';
import { verdict } from './statistics/verdict.ts';
import { publishValidation } from './validation/publish-validation.ts';
import { foldWindows, type WindowChoices } from './validation/window-choices.ts';

/**
 * Publishes what a generation came to: leaderboard, the other `SWEEP_TABLES`, the row of `sweeps`, and last the
 * summary, which is the commit; then the active marker goes.
 *
 * `sets` are the shards to fold. Aggregators that race may have seen different sets (a worker was still at it): the
 * leaderboard is put first and states the set it was folded from (and what the statistics know of the bars, which another
 * version may not be able to read), and whoever finds another one there folds that set instead. So everything published is a function of one set, whichever aggregator goes on.
 */
export async function aggregateSweep(
  store: Store,
  generation: number,
  input: AggregateInput,
  sets: ShardSets,
  onShard: FoldListener = () => undefined,
): Promise<Summary> {
  const { plan, columns, ranking, runner } = input;
  const key = tableKey('leaderboard', plan.sweepId, generation);
  const existing = await publishedBasis(store, key, plan);
  const used = existing?.sets ?? sets;
  const shards = [...used.results].sort((a, b) => a - b);

  const facts = existing ? existing.facts : await input.statistics.barFacts();
  const source = { store, plan, shards, columns };
  const statistics = await startSweepStatistics(source, input.statistics, ranking, facts);
  const windows = plan.validation ? foldWindows(plan.validation, plan, ranking.direction) : null;
  const observers = windows ? [statistics, windows] : [statistics];
  const read = [...columns, ...(windows?.windowColumns ?? [])];
  const memory = readMemory(numbersOf(columns, Math.min(plan.shardRuns, plan.runs))); // all that reads here takes turns
  const fold = await foldShards(store, plan, shards, read, ranking, LEADERS, observers, onShard, memory);
  const leaders = ranking.robust
    ? robustLeaders(fold, plan, ranking, statistics.neighbourhoodsOf(fold), LEADERS)
    : fold.leaders;
  // The runner's threads replay leaders while this one goes through the rows once more.
  const mine = await leaderboard(store, plan, generation, columns, leaders, runner, memory);
  await Promise.all([mine.replayed, statistics.rank(fold, memory)]);
  const bytes = encodeResults(mine.table, {
    sweep_id: plan.sweepId,
    engine: plan.engine,
    shards: rangesText(shards),
    failed: rangesText([...used.failures].sort((a, b) => a - b)),
    bars: canonicalJson(facts),
  });
  const outcome = await store.putOnce(key, bytes);
  if (outcome === 'different' && existing === null) {
    return aggregateSweep(store, generation, input, sets, onShard); // another aggregator was first: follow it
  }
  // Results are created once, so only a nondeterministic strategy can make a replay differ: the first one published holds.
  const board = outcome === 'different' ? await published(store, key, columns, mine) : mine;
  countCheckedLeaders(fold, board);
  const measured = statistics.finish(fold, board.table, generation);
  return publish(store, generation, input, used, fold, board, key, measured, windows?.choices() ?? null);
}

/** What a leaderboard was made from: the shards, and what the statistics know of the bars. */
interface Basis {
  readonly sets: ShardSets;
  readonly facts: BarFacts | null;
}

async function publishedBasis(store: Store, key: string, plan: Plan): Promise<Basis | null> {
  const bytes = await store.get(key);
  if (bytes === null) return null;
  const { metadata } = resultFooter(bytes, key);
  const results = rangesOf(metadata.shards ?? '?', plan.shards);
  const failures = rangesOf(metadata.failed ?? '?', plan.shards);
  if (results === null || failures === null) {
    throw new OutsideError(`${key}: expected the shards it was folded from, found ${metadata.shards}`);
  }
  const facts = barFactsSchema.nullable().parse(JSON.parse(metadata.bars ?? 'null'));
  return { sets: { results: new Set(results), failures: new Set(failures) }, facts };
}

async function published(
  store: Store,
  key: string,
  columns: readonly ResultColumn[],
  mine: Leaderboard,
): Promise<Leaderboard> {
  const bytes = (await store.get(key))!;
  const all = leaderboardColumns(columns);
  const values = await decodeResults(bytes, all, mine.table.rows, key);
  return { table: { columns: all, rows: mine.table.rows, values }, wasUnchecked: mine.wasUnchecked };
}

/** Moves the leaders that the aggregator checked from the runs not checked to where they belong. */
function countCheckedLeaders(fold: Fold, { table, wasUnchecked }: Leaderboard): void {
  const at = (name: string, i: number) => table.values.get(name)![i];
  for (let i = 0; i < table.rows; i++) {
    const status = at('parity_status', i) as string;
    if (!wasUnchecked[i] || status === 'not_checked') continue;
    const group = fold.parity.get('not_checked/')!;
    group.runs--;
    if (group.runs === 0) fold.parity.delete('not_checked/');
    addParity(
      parityGroup(fold.parity, status, at('dense_class', i) as string | null),
      at('reentries_dense', i) as number,
      at('drift_turnover', i) as number,
      at('drift_fees', i) as number,
    );
  }
}

async function publish(
  store: Store,
  generation: number,
  input: AggregateInput,
  sets: ShardSets,
  fold: Fold,
  board: Leaderboard,
  boardKey: string,
  { statistics, tables: further }: MeasuredSweep,
  choices: WindowChoices | null,
): Promise<Summary> {
  const { plan, columns } = input;
  const diverged = fold.firstDiverged && {
    rows: await readShard(store, plan, fold.firstDiverged.shard, columns),
    row: fold.firstDiverged.row,
  };
  const tables: Record<string, string> = { [boardKey]: sha256Hex((await store.get(boardKey))!) };
  const put = async ([key, bytes]: readonly [key: string, bytes: Uint8Array]) => {
    tables[key] = sha256Hex(bytes);
    if ((await store.putOnce(key, bytes)) === 'different') {
      throw new OutsideError(`${key}: expected the table of these results, found another one; it is kept`);
    }
  };
  const keyOf = (table: Parameters<typeof tableKey>[0]) => tableKey(table, plan.sweepId, generation);
  // Put side by side: none of them counts before the summary is there.
  const encoded: [string, Uint8Array][] = [
    [keyOf('parity_metrics'), await encodeParityMetrics(parityRows(fold, generation))],
    [keyOf('memory_metrics'), await encodeMemoryMetrics([memoryRow(fold, generation)])],
  ];
  for (const [name, table] of Object.entries(further) as [FurtherTable, ResultTable][]) {
    encoded.push([keyOf(name), encodeResults(table, {})]);
  }
  await Promise.all(encoded.map(put));
  const validation = await publishValidation(store, generation, input, choices, board.table, tables);
  const untabled: Summary = {
    ...summaryOf(input, generation, sets, fold, board, diverged),
    statistics,
    verdict: verdict(statistics, { okRuns: fold.okRuns, objective: input.ranking.metric, validation }),
    ...(validation && { validation }),
  };
  await put([sweepsTableKey(plan.sweepId, generation), encodeResults(sweepsTable(untabled, input), {})]);
  const summary = { ...untabled, tables };
  const key = summaryKey(plan.sweepId, generation);
  if ((await putJson(store, key, summary)) === 'different') {
    throw new OutsideError(`${key}: expected the summary of these results, found another one; it is kept`);
  }
  await retireMarker(store, plan.sweepId);
  return summary;
}
