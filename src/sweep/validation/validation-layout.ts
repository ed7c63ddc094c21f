import type { ValidationLayout } from '../../contracts/validation-layout.ts';
import type { ValidationRule } from '../../contracts/validation-rule.ts';
import { cpcvSplits } from './cpcv-splits.ts';
import { holdoutBars } from './holdout-bars.ts';
import type { Annual } from './slice-metrics.ts';
import { walkForwardWindows } from './walk-forward-windows.ts';

/**
 * Which bars of a period train, test and are held back; windows and groups lie before the holdout.
 *
 * @param times of all bars of the period, epoch milliseconds, ascending; [T]
 * @throws InvalidInputError for a period too short for what the rule asks
 */
export function validationLayout(
  rule: ValidationRule,
  times: Float64Array,
  { barsPerYear, riskFreeRate }: Annual,
): ValidationLayout {
  const held = rule.holdout === undefined ? 0 : holdoutBars(rule.holdout, times);
  const bars = times.length - held;
  const at = (bar: number) => new Date(times[bar]!).toISOString();
  const ranked = times.subarray(0, bars);
  return {
    bars,
    holdout: held === 0 ? null : { bars: held, from: at(bars), to: at(times.length - 1) },
    barsPerYear,
    riskFreeRate,
    windows: rule.walkForward ? walkForwardWindows(rule.walkForward, ranked) : [],
    cpcv: rule.cpcv ? cpcvSplits(rule.cpcv, ranked) : null,
  };
}
