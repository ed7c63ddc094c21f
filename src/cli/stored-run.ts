import { openResultsDatabase, type SqlValue } from '../adapters/duckdb/results-database.ts';
import type { OpenedSweep } from '../adapters/local/open-sweep.ts';
import type { Bars } from '../core/bars.ts';
import type { InstructionMatrix } from '../core/instructions.ts';
import type { RunConfig } from '../core/run-config.ts';
import type { Store } from '../sweep/ports.ts';
import { parameterSet } from '../sweep/shard-engine.ts';
import { createSimulator } from '../sweep/simulate-run.ts';
import { barsPerYearOf } from '../sweep/sweep-content.ts';
import { onlyMatch } from './find-sweep.ts';
import { keys } from './sweep-views.ts';

/** A row of the table `runs`. */
export type RunRow = Readonly<Record<string, SqlValue>>;

/** The row of the run whose id begins so; InvalidInputError where none or several do. */
export async function findRun(dir: string, store: Store, wanted: string): Promise<RunRow> {
  const runs = await keys(store, 'results/');
  if (!/^[0-9a-f]{1,32}$/.test(wanted) || runs.length === 0) onlyMatch('run', wanted, []);
  const database = await openResultsDatabase(dir, { runs });
  try {
    const { columns, rows } = await database.select(
      `SELECT * FROM runs WHERE starts_with(run_id, '${wanted}') ORDER BY run_id, sweep_id`,
    );
    const found = new Map<string, RunRow>();
    for await (const cells of rows) {
      const row = Object.fromEntries(columns.map((name, i) => [name, cells[i]!]));
      found.set(String(row.run_id), row);
    }
    return found.get(onlyMatch('run', wanted, [...found.keys()]))!;
  } finally {
    database.close();
  }
}

/** What a stored run is made of: the bars of its sweep, the instructions of its strategy, its configuration. */
export function runOf(
  row: RunRow,
  { prepared }: OpenedSweep,
): { bars: Bars; matrix: InstructionMatrix; config: RunConfig } {
  const { bars, spec, strategy } = prepared.inputs;
  const barsPerYear = barsPerYearOf(spec, bars);
  const simulator = createSimulator({ bars, strategy, barsPerYear, riskFreeRate: spec.riskFreeRate });
  const set = parameterSet(String(row.params), prepared.engine.grid);
  return { bars, matrix: simulator.instructions(set), config: simulator.config(set) };
}
