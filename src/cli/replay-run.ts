import { openResultsDatabase, type SqlValue } from '../adapters/duckdb/results-database.ts';
import type { OpenedSweep } from '../adapters/local/open-sweep.ts';
import type { Bars } from '../core/bars.ts';
import type { InstructionMatrix } from '../core/instructions.ts';
import { METRICS } from '../core/metrics/catalog.ts';
import type { RunConfig } from '../core/run-config.ts';
import type { Store } from '../sweep/ports.ts';
import { parameterSet } from '../sweep/shard-engine.ts';
import { type SimulationResult, simulateMatrix } from '../sweep/simulate.ts';
import { createSimulator } from '../sweep/simulate-run.ts';
import { barsPerYearOf } from '../sweep/sweep-content.ts';
import { onlyMatch } from './find-sweep.ts';
import { keys } from './sweep-views.ts';

/** A row of the table `runs`, and the sweep it was read from. */
export type StoredRun = Readonly<Record<string, SqlValue>>;

/** The row of the run whose id begins so, of any sweep of the directory; InvalidInputError where none or several do. */
export async function findRun(dir: string, store: Store, wanted: string): Promise<StoredRun> {
  const found = await runsBeginning(dir, store, wanted);
  return found.get(onlyMatch('run', wanted, [...found.keys()]))!;
}

/** The rows of the runs whose ids begin so, by id. */
export async function runsBeginning(
  dir: string,
  store: Store,
  wanted: string,
): Promise<ReadonlyMap<string, StoredRun>> {
  const found = new Map<string, StoredRun>();
  const runs = await keys(store, 'results/');
  if (!/^[0-9a-f]{1,32}$/.test(wanted) || runs.length === 0) return found;
  const database = await openResultsDatabase(dir, { runs });
  try {
    const { columns, rows } = await database.select(
      `SELECT * FROM runs WHERE starts_with(run_id, '${wanted}') ORDER BY run_id, sweep_id`,
    );
    for await (const cells of rows) {
      const row = Object.fromEntries(columns.map((name, i) => [name, cells[i]!]));
      found.set(String(row.run_id), row);
    }
    return found;
  } finally {
    database.close();
  }
}

/** What a run is made of, from its row. */
export interface RunInputs {
  readonly bars: Bars;
  readonly matrix: InstructionMatrix;
  readonly config: RunConfig;
}

/** The bars, instructions and configuration of a run of an opened sweep. */
export function runInputs(row: StoredRun, { prepared }: OpenedSweep): RunInputs {
  const { inputs, engine } = prepared;
  const { bars, spec, strategy } = inputs;
  const barsPerYear = barsPerYearOf(spec, bars);
  const simulator = createSimulator({ bars, strategy, barsPerYear, riskFreeRate: spec.riskFreeRate });
  const set = parameterSet(String(row.params), engine.grid);
  return { bars, matrix: simulator.instructions(set), config: simulator.config(set) };
}

/** A run replayed by both engines, with the metrics in which it is not what its row says: none, unless a strategy is not deterministic. */
export function replayRun(
  row: StoredRun,
  { bars, matrix, config }: RunInputs,
): { readonly result: SimulationResult; readonly differing: readonly string[] } {
  const result = simulateMatrix(bars, matrix, config, 'both');
  const differing = METRICS.map(({ name }) => name).filter(
    (name) => !Object.is(result.metrics[name], row[name]),
  );
  return { result, differing };
}
