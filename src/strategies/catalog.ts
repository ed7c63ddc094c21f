import { InvalidInputError } from '../contracts/errors.ts';
import { shown } from '../contracts/expected.ts';
import { suggestName } from '../contracts/nearest.ts';
import { breakout } from './breakout.ts';
import { equalWeight } from './equal-weight.ts';
import { fixedWeights } from './fixed-weights.ts';
import { type InstructionFiles, instructionsStrategy } from './instructions.ts';
import { inverseVolatility } from './inverse-volatility.ts';
import { meanReversion } from './mean-reversion.ts';
import { momentum } from './momentum.ts';
import type { Snap } from './resolve-events.ts';
import { smaTrend } from './sma-trend.ts';
import type { Strategy } from './strategy.ts';

/** The built-in strategies, in the order in which they are listed; `instructions` here without any file. */
export const STRATEGIES: readonly Strategy[] = [
  fixedWeights,
  equalWeight,
  momentum,
  inverseVolatility,
  smaTrend,
  breakout,
  meanReversion,
  instructionsStrategy(new Map()),
];

/**
 * The built-in strategy of that name; InvalidInputError, with the nearest name, if there is none.
 *
 * @param files what `instructions` may play back; @param snap see `resolveEvents`; other strategies need neither
 */
export function strategyByName(
  name: string,
  files: InstructionFiles = new Map(),
  snap: Snap = 'none',
): Strategy {
  const found = STRATEGIES.find((strategy) => strategy.name === name);
  if (found) return found.name === 'instructions' ? instructionsStrategy(files, snap) : found;
  const names = STRATEGIES.map((strategy) => strategy.name);
  throw new InvalidInputError(
    `strategy: expected a built-in one, or the path of a module such as ./my-strategy.ts, found ${shown(name)}; ` +
      suggestName(name, names),
  );
}
