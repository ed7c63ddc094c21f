import type { Scalar } from '../../contracts/axis.ts';

/** How one axis fared through the windows. */
export interface AxisStability {
  /** As its column is called, without `p_`. */
  readonly axis: string;
  /** Windows whose value differs from that of the window before. */
  readonly changes: number;
  /** Values that were chosen, the most frequent first, equal ones by their first window. */
  readonly values: readonly { readonly value: Scalar; readonly windows: number }[];
}

/** Stability of each axis that has a choice; `chosen` holds the value by axis for each window that chose a run, in order. */
export function axisStability(
  chosen: readonly Readonly<Record<string, Scalar>>[],
  axes: readonly string[],
): AxisStability[] {
  return axes.map((axis) => {
    const counts = new Map<Scalar, number>();
    let changes = 0;
    for (const [k, values] of chosen.entries()) {
      const value = values[axis]!;
      counts.set(value, (counts.get(value) ?? 0) + 1);
      if (k > 0 && chosen[k - 1]![axis] !== value) changes++;
    }
    const values = [...counts].map(([value, windows]) => ({ value, windows }));
    return { axis, changes, values: values.sort((a, b) => b.windows - a.windows) };
  });
}
