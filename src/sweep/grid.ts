import { type Axis, axisValues, type Range, type Scalar } from '../contracts/axis.ts';
import { InvalidInputError } from '../contracts/errors.ts';
import type { Portfolio, Stops } from '../contracts/run-settings.ts';
import { axisFields, type SweepSpec } from '../contracts/sweep-spec.ts';
import { type FillModel, type FillPreset, fillModel } from '../core/fill-model.ts';

/** Everything a sweep can vary, resolved for one point of its grid; stops and `params` hold null for none. */
export interface ParameterSet {
  readonly params: Readonly<Record<string, Scalar | Readonly<Record<string, Scalar>>>>;
  readonly stops: Stops;
  readonly portfolio: Portfolio;
  readonly fill: FillModel;
  /** What `fill` was derived from; two presets with the same fields set are the same fill model. */
  readonly fillPreset: FillPreset;
}

/** Values by group and field, before the fill model is derived from its preset. */
export type Settings = Readonly<Record<'params' | 'stops' | 'portfolio' | 'fill', Record<string, unknown>>>;

/** All combinations of the axes, by mixed radix: the first axis varies slowest, the last fastest. */
export interface Grid {
  /** Parameters by name, then stops, portfolio, fill preset and fill fields in their documented order. */
  readonly axes: readonly Axis[];
  /** Product of the numbers of values; 1 without axes. */
  readonly size: bigint;
  /** What is the same everywhere; axis fields hold their first value. */
  readonly fixed: Settings;
}

/** A point of a grid; a bigint where the grid has more than 2^53 points. */
export type GridIndex = number | bigint;

/**
 * The grid of a checked spec.
 *
 * Parameters come first, so that runs with the same instructions are neighbours, and by name, not as written, so
 * that the order is a function of the spec's content.
 */
export function gridOf(spec: SweepSpec): Grid {
  const settings = {
    params: { ...spec.strategy.params },
    stops: spec.stops,
    portfolio: spec.portfolio,
    fill: spec.fill,
  };
  const fixed: Record<string, Record<string, unknown>> = {};
  for (const [group, values] of Object.entries(settings)) fixed[group] = { ...values };
  const axes = axisFields(spec).map(([group, field]) => {
    const values = axisValues(fixed[group!]![field!] as readonly Scalar[] | Range);
    fixed[group!]![field!] = values[0];
    return { path: `${group}.${field}`, values };
  });
  const size = axes.reduce((product, axis) => product * BigInt(axis.values.length), 1n);
  return { axes, size, fixed: fixed as Settings };
}

/** Group and field of an axis: params.lookback → ['params', 'lookback']. */
export function axisTarget(axis: Axis): [keyof Settings, string] {
  const dot = axis.path.indexOf('.');
  return [axis.path.slice(0, dot) as keyof Settings, axis.path.slice(dot + 1)];
}

/** Position on each axis of a grid index, into `digits` [axes]; throws RangeError outside the grid. */
export function digitsAt(grid: Grid, index: GridIndex, digits: number[]): number[] {
  return digitReader(grid)(index, digits);
}

/** Reads positions as `digitsAt` does, for index after index. */
export function digitReader({ axes, size }: Grid): (index: GridIndex, digits: number[]) => number[] {
  const lengths = axes.map(({ values }) => values.length);
  const points = size <= Number.MAX_SAFE_INTEGER ? Number(size) : null;
  return (index, digits) => {
    const inside = points !== null && typeof index === 'number' ? index < points : index < size;
    if (!(index >= 0 && inside) || (typeof index === 'number' && !Number.isSafeInteger(index))) {
      throw new RangeError(`grid index: expected a whole number in [0, ${size}), found ${index}`);
    }
    if (points !== null) splitNumber(Number(index), lengths, digits);
    else splitBigInt(BigInt(index), lengths, digits);
    return digits;
  };
}

function splitNumber(index: number, lengths: readonly number[], digits: number[]): void {
  let rest = index;
  for (let k = lengths.length - 1; k >= 0; k--) {
    digits[k] = rest % lengths[k]!;
    rest = Math.floor(rest / lengths[k]!);
  }
}

function splitBigInt(index: bigint, lengths: readonly number[], digits: number[]): void {
  let rest = index;
  for (let k = lengths.length - 1; k >= 0; k--) {
    digits[k] = Number(rest % BigInt(lengths[k]!));
    rest /= BigInt(lengths[k]!);
  }
}

/** The settings at a position on each axis [axes]. */
export function settingsAt(grid: Grid, digits: ArrayLike<number>): Settings {
  const { params, stops, portfolio, fill } = grid.fixed;
  const settings = {
    params: { ...params },
    stops: { ...stops },
    portfolio: { ...portfolio },
    fill: { ...fill },
  };
  for (const [k, axis] of grid.axes.entries()) {
    const [group, field] = axisTarget(axis);
    settings[group][field] = axis.values[digits[k]!];
  }
  return settings;
}

/** The fill model of the settings of its group, and its preset. */
export function resolveFill(settings: Settings['fill']): { fill: FillModel; fillPreset: FillPreset } {
  const { preset, ...fields } = settings;
  const fillPreset = preset as FillPreset;
  return { fill: fillModel(fillPreset, fields as Partial<FillModel>), fillPreset };
}

/** The parameter set at a grid index, without listing the others; throws RangeError outside the grid. */
export function parametersAt(grid: Grid, index: GridIndex): ParameterSet {
  const settings = settingsAt(grid, digitsAt(grid, index, []));
  const { params, stops, portfolio } = settings as unknown as ParameterSet;
  return { params, stops, portfolio, ...resolveFill(settings.fill) };
}

/** Values of one group that are kept at most; a group of a grid that has more is made anew now and then. */
const KEPT_PARTS = 10_000;

/**
 * Reads parameter sets as `parametersAt` does, for run after run: sets in which a group (params, stops, portfolio, fill)
 * has the same values mostly share its object, so that whoever derives something from a group can look it up.
 */
export function parameterReader(grid: Grid): (index: GridIndex) => ParameterSet {
  const digits: number[] = [];
  const readDigits = digitReader(grid);
  const part = <T extends object>(
    groupName: keyof Settings,
    make: (values: Record<string, unknown>) => T,
  ): (() => T) => {
    const own = grid.axes.flatMap((axis, k) => (axisTarget(axis)[0] === groupName ? [k] : []));
    const fields = own.map((k) => axisTarget(grid.axes[k]!)[1]);
    const lengths = own.map((k) => grid.axes[k]!.values.length);
    const countable = lengths.reduce((product, length) => product * length, 1) <= Number.MAX_SAFE_INTEGER;
    const parts = new Map<number, T>();
    return () => {
      let at = 0;
      for (let i = 0; i < own.length; i++) at = at * lengths[i]! + digits[own[i]!]!;
      let value = countable ? parts.get(at) : undefined;
      if (value === undefined) {
        const values = { ...grid.fixed[groupName] };
        for (const [i, k] of own.entries()) values[fields[i]!] = grid.axes[k]!.values[digits[k]!];
        value = make(values);
        if (parts.size === KEPT_PARTS) parts.clear();
        if (countable) parts.set(at, value);
      }
      return value;
    };
  };
  const params = part('params', (values) => values as ParameterSet['params']);
  const stops = part('stops', (values) => values as unknown as Stops);
  const portfolio = part('portfolio', (values) => values as unknown as Portfolio);
  const fill = part('fill', resolveFill);
  return (index) => {
    readDigits(index, digits);
    const { fill: model, fillPreset } = fill();
    return { params: params(), stops: stops(), portfolio: portfolio(), fill: model, fillPreset };
  };
}

/** The grid index of a parameter set, the inverse of `parametersAt`; InvalidInputError if a value is not on its axis. */
export function indexOf(grid: Grid, set: ParameterSet): bigint {
  return grid.axes.reduce((index, axis) => {
    const [group, field] = axisTarget(axis);
    const values: Readonly<Record<string, unknown>> = { ...set[group] };
    const value = axis.path === 'fill.preset' ? set.fillPreset : values[field];
    const digit = axis.values.indexOf(value as Scalar);
    if (digit < 0) {
      throw new InvalidInputError(
        `${axis.path}: expected a value of the axis, found ${JSON.stringify(value)}`,
      );
    }
    return index * BigInt(axis.values.length) + BigInt(digit);
  }, 0n);
}
