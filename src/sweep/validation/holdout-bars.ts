import { addDuration, isBars } from '../../contracts/duration.ts';
import { InvalidInputError } from '../../contracts/errors.ts';
import type { ValidationRule } from '../../contracts/validation-rule.ts';
import { firstBarAt } from './intervals.ts';

/**
 * Number of bars held back at the end: as stated; or a share of all, rounded, at least 1; or those whose time is later
 * than the last bar's less the duration.
 *
 * @throws InvalidInputError where fewer than two bars would be left to rank by
 */
export function holdoutBars(holdout: NonNullable<ValidationRule['holdout']>, times: Float64Array): number {
  const { length } = times;
  const count = countOf(holdout, times);
  if (length - count >= 2) return count;
  throw new InvalidInputError(
    `validation.holdout: expected at least two bars besides the holdout, found ${length} bars, of which ${holdout} are ${count}; ` +
      'hold back fewer, or use a longer period',
  );
}

function countOf(holdout: NonNullable<ValidationRule['holdout']>, times: Float64Array): number {
  const { length } = times;
  if (isBars(holdout)) return holdout;
  if (holdout.endsWith('%')) return Math.max(1, Math.round((length * Number(holdout.slice(0, -1))) / 100));
  const after = addDuration(times[length - 1]!, holdout, -1);
  const first = firstBarAt(times, after);
  return length - (times[first] === after ? first + 1 : first);
}
