import type { RunColumns } from '../run-columns.ts';

/** A dimension that runs are filtered by: an axis, by position, or a metric, by value. */
export interface Dimension {
  readonly kind: 'axis' | 'metric';
  readonly index: number;
}

/** Both ends included. */
export type Interval = readonly [from: number, to: number];

/** Which runs are looked at: by dimension, intervals of which a run must be in one. */
export interface Filter {
  intervals(dimension: Dimension): readonly Interval[];
  set(dimension: Dimension, intervals: readonly Interval[]): void;
  clear(): void;
  readonly active: boolean;
  /** The rows that pass, ascending. */
  rows(columns: RunColumns<Float32Array | Float64Array>): number[];
  onChange(listener: () => void): void;
}

/** A filter that lets everything pass. */
export function createFilter(): Filter {
  const chosen = new Map<string, { dimension: Dimension; intervals: readonly Interval[] }>();
  const listeners: (() => void)[] = [];
  const keyOf = ({ kind, index }: Dimension) => `${kind} ${index}`;
  const tell = () => {
    for (const listener of listeners) listener();
  };
  return {
    intervals: (dimension) => chosen.get(keyOf(dimension))?.intervals ?? [],
    set(dimension, intervals) {
      if (intervals.length === 0) chosen.delete(keyOf(dimension));
      else chosen.set(keyOf(dimension), { dimension, intervals });
      tell();
    },
    clear() {
      chosen.clear();
      tell();
    },
    get active() {
      return chosen.size > 0;
    },
    rows(columns) {
      const tests = [...chosen.values()].map(({ dimension: { kind, index }, intervals }) => ({
        values: kind === 'axis' ? columns.positions[index]! : columns.metrics[index]!,
        intervals,
      }));
      const passing: number[] = [];
      for (let row = 0; row < columns.rows; row++) {
        const passes = tests.every(({ values, intervals }) =>
          intervals.some(([from, to]) => values[row]! >= from && values[row]! <= to),
        );
        if (passes) passing.push(row);
      }
      return passing;
    },
    onChange: (listener) => void listeners.push(listener),
  };
}
