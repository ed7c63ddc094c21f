import type { Scalar } from '../contracts/axis.ts';
import { type AxisColumn, axisCell } from '../contracts/result-row.ts';
import { axisLabel } from './axis-label.ts';
import type { ReportAxis } from './report-data.ts';

/** An axis with the way from a cell of its column to the position on the page. */
export interface PlacedAxis {
  readonly axis: ReportAxis;
  readonly column: string;
  /** The position of a cell of the column (NaN and null = null); RangeError for a value that is not on the axis. */
  positionOf(cell: unknown): number;
}

/**
 * The axes of a sweep as a page shows them.
 *
 * Numbers stand by ascending value after null; other values stay in the order of the sweep file. Beyond `most`
 * positions, neighbours are put together in groups of equal length.
 */
export function placeAxes(columns: readonly AxisColumn[], most: number): PlacedAxis[] {
  const names = columns.map(({ axis }) => axis.path.slice(axis.path.indexOf('.') + 1));
  return columns.map(({ axis, column, type }, i) => {
    const ordered = type === 'DOUBLE';
    const values = ordered ? sorted(axis.values) : [...axis.values];
    const hasNull = values.includes(null);
    const firsts = groupStarts(values.length, most, ordered && hasNull);
    const label = (value: Scalar) => axisLabel(axis.path, value);
    const labels = firsts.map((first, g) => {
      const last = (firsts[g + 1] ?? values.length) - 1;
      return first === last ? label(values[first]!) : `${label(values[first]!)} … ${label(values[last]!)}`;
    });
    const positions = new Map<unknown, number>();
    for (const [g, first] of firsts.entries()) {
      for (let v = first; v < (firsts[g + 1] ?? values.length); v++) {
        positions.set(axisCell(type, values[v]!), g);
      }
    }
    const twice = names.filter((name) => name === names[i]).length > 1;
    return {
      column,
      axis: {
        name: twice ? axis.path : names[i]!,
        path: axis.path,
        labels,
        ordered,
        nullAt: hasNull ? positions.get(null)! : -1,
        values: values.length,
      },
      positionOf(cell) {
        const position = positions.get(Number.isNaN(cell) ? null : cell);
        if (position === undefined) {
          throw new RangeError(`${axis.path}: expected a value of the axis, found ${JSON.stringify(cell)}`);
        }
        return position;
      },
    };
  });
}

function sorted(values: readonly Scalar[]): Scalar[] {
  return [...values].sort(
    (a, b) => ((a ?? Number.NEGATIVE_INFINITY) as number) - ((b ?? Number.NEGATIVE_INFINITY) as number) || 0,
  );
}

/** Where each group begins; null is never put together with numbers. */
function groupStarts(count: number, most: number, nullFirst: boolean): number[] {
  const alone = nullFirst ? 1 : 0;
  const size = Math.max(1, Math.ceil((count - alone) / Math.max(1, most - alone)));
  const starts = nullFirst ? [0] : [];
  for (let at = alone; at < count; at += size) starts.push(at);
  return starts;
}
