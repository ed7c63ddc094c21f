import type { Summary } from '../contracts/summary.ts';
import type { Store } from '../sweep/ports.ts';
import { readTable } from '../sweep/read-table.ts';
import { WALK_FORWARD_EQUITY_COLUMNS } from '../sweep/validation/walk-forward-tables.ts';
import { pack } from './pack.ts';
import type { FollowedCurve } from './report-data.ts';
import { drawdownOf, shownBars } from './thin-curve.ts';

const READ = WALK_FORWARD_EQUITY_COLUMNS.filter(({ name }) => name === 'ts' || name === 'equity');

/** Reads the stitched out-of-sample account from `walk_forward_equity`; null where it has no rows. */
export async function readFollowed(store: Store, summary: Summary): Promise<FollowedCurve | null> {
  if (!summary.validation?.walkForward) return null;
  const { rows, values } = await readTable(store, summary, 'walk_forward_equity', READ);
  if (rows === 0) return null;
  const ts = values.get('ts') as string[];
  const equity = Array.from({ length: rows }, (_, row) => values.get('equity')![row] as number);
  const drawdown = drawdownOf(equity, 1);
  const shown = shownBars(equity, drawdown);
  return {
    times: pack(Float64Array.from(shown, (row) => Date.parse(ts[row]!))),
    equity: pack(Float32Array.from(shown, (row) => equity[row]!)),
    drawdown: pack(Float32Array.from(shown, (row) => drawdown[row]!)),
  };
}
