import { InvalidInputError } from '../../contracts/errors.ts';
import type { Interval, ValidationLayout } from '../../contracts/validation-layout.ts';
import type { CpcvRule } from '../../contracts/validation-rule.ts';
import { embargoedTo, purgedFrom } from './gaps.ts';
import { barsIn, without } from './intervals.ts';

type Cpcv = NonNullable<ValidationLayout['cpcv']>;

/**
 * Groups and splits of a combinatorial purged cross-validation (López de Prado 2018, chapter 12) over bars with these
 * times: group g of N holds the bars from ⌊g·T/N⌋ up to ⌊(g + 1)·T/N⌋, and each of the C(N, k) choices of k test groups
 * is one split, in lexicographic order.
 *
 * The other groups train, without the `purge` bars before each test group and the `embargo` bars after it.
 *
 * @throws InvalidInputError where a group has fewer than two bars, or a split fewer than two that train
 */
export function cpcvSplits({ groups, test, purge, embargo }: CpcvRule, times: Float64Array): Cpcv {
  const { length } = times;
  const bounds = Array.from({ length: groups + 1 }, (_, g) => Math.floor((g * length) / groups));
  const splits = choices(groups, test).map((chosen) => {
    let train: Interval[] = [[0, length]];
    for (const g of chosen) {
      const [from, to] = [bounds[g]!, bounds[g + 1]!];
      train = without(train, [purgedFrom(times, from, purge), embargoedTo(times, to, embargo)]);
    }
    return { test: chosen, train: train.map(([a, b]): [number, number] => [a, b]) };
  });
  const least = Math.min(...splits.map(({ train }) => barsIn(train)));
  if (length >= 2 * groups && least >= 2) return { bounds, splits };
  throw new InvalidInputError(
    `validation.cpcv: expected groups of at least two bars and at least two that train in every split, found ${length} bars in ` +
      `${groups} groups and ${least} that train; use fewer groups, less purge and embargo, or a longer period`,
  );
}

/** All ways to choose k of 0 … n − 1, each ascending, in lexicographic order. */
function choices(n: number, k: number): number[][] {
  if (k === 0) return [[]];
  const found: number[][] = [];
  for (let first = 0; first <= n - k; first++) {
    for (const rest of choices(n - first - 1, k - 1)) {
      found.push([first, ...rest.map((g) => g + first + 1)]);
    }
  }
  return found;
}

/**
 * The paths of a cross-validation: on path j, group g is tested by the j-th split that tests it; [paths][groups].
 *
 * Every split's every test group lies on exactly one path, so there are C(N, k)·k/N of them, each through all groups.
 */
export function cpcvPaths({ bounds, splits }: Pick<Cpcv, 'bounds' | 'splits'>): number[][] {
  const groups = bounds.length - 1;
  const bySplit = Array.from({ length: groups }, (_, g) =>
    splits.flatMap(({ test }, split) => (test.includes(g) ? [split] : [])),
  );
  return bySplit[0]!.map((_, path) => bySplit.map((of) => of[path]!));
}
