import type { SweepStatistics } from '../../contracts/sweep-statistics.ts';
import type { ValidationSummary } from '../../contracts/validation-summary.ts';
import { lookAheadJudgement, unseenBarsOutcome, unseenBarsSentences } from './unseen-bars.ts';
import { count, metricValue, number, percent, plural, probability, significant } from './verdict-numbers.ts';

/** What a verdict is told of besides the statistics. */
export interface VerdictSubject {
  /** Runs that succeeded. */
  readonly okRuns: number;
  /** Name of the metric that ranks the runs. */
  readonly objective: string;
  /** What came of the validation; null where the sweep file asks for none. */
  readonly validation: ValidationSummary | null;
}

/**
 * How much of the best run is chance, for a person: plain sentences with the numbers behind them, the judgement first.
 *
 * A pure function of the statistics and of the validation; says what could not be told, and why.
 */
export function verdict(
  statistics: SweepStatistics,
  { okRuns, objective, validation }: VerdictSubject,
): string[] {
  const own = statistics.plateau?.objective ?? null;
  const sentences = [
    lookAheadJudgement(validation) ??
      judgement(statistics, unseenBarsOutcome(validation, objective, own), validation !== null),
    ...(validation === null ? [] : unseenBarsSentences(validation, objective, own)),
    luck(statistics, okRuns),
    choosing(statistics),
    benchmark(statistics),
    surroundings(statistics, objective),
    axes(statistics, objective),
  ];
  return [...sentences.filter((sentence) => sentence !== null), ...statistics.gaps];
}

/** Levels that the judgement goes by; conventions, not laws. */
const SURE = 0.95;
const LIKELY_OVERFIT = 0.5;
const SIGNIFICANT = 0.05;

function judgement(
  { leader, overfitting, superiorAbility }: SweepStatistics,
  outcome: string | null,
  isValidated: boolean,
): string | null {
  const deflated = leader?.deflatedSharpe ?? null;
  const checks = [
    deflated === null ? null : deflated >= SURE,
    overfitting === null ? null : overfitting.probability < LIKELY_OVERFIT,
    superiorAbility === null ? null : superiorAbility.spaP <= SIGNIFICANT,
  ].filter((check) => check !== null);
  if (checks.length === 0) return null;
  const passed = checks.filter(Boolean).length;
  if (passed === checks.length) {
    return checks.length === 1
      ? 'The one check that could be made against luck is passed.'
      : `More than luck by all ${checks.length} checks${remaining(outcome, isValidated)}.`;
  }
  if (passed === 0) return 'Nothing here tells the best run from luck.';
  return `Not shown to be more than luck: ${passed} of ${checks.length} checks passed.`;
}

/** A test on other bars is what statistics cannot replace: what it said, or that it is still to be made. */
function remaining(outcome: string | null, isValidated: boolean): string {
  if (outcome !== null) return `, ${outcome}`;
  return isValidated
    ? ''
    : '; what remains is to see it on bars that no run has seen (`validation` in the sweep file)';
}

function luck(
  { leader, effectiveTrials, comparedRuns, years }: SweepStatistics,
  okRuns: number,
): string | null {
  if (leader === null || effectiveTrials === null || leader.luckiestSharpe === null) return null;
  const tried = `Of ${plural(okRuns, 'run')} tried, ${comparedRuns < okRuns ? `${count(comparedRuns)} with returns that vary, ` : ''}effectively ${significant(effectiveTrials)} independent`;
  const chance =
    leader.deflatedSharpe === null
      ? ''
      : `, and is above that with probability ${probability(leader.deflatedSharpe)} (deflated Sharpe ratio)`;
  const length =
    leader.minBacktestYears === null || years === null
      ? ''
      : leader.minBacktestYears > years
        ? `; so many runs reach it by luck in ${number(years)} years, it would take ${number(leader.minBacktestYears)} for that to end`
        : '';
  return `${tried}; the best has a Sharpe ratio of ${number(leader.sharpe)} where luck alone would lift the best to ${number(leader.luckiestSharpe)}${chance}${length}.`;
}

function choosing({ overfitting }: SweepStatistics): string | null {
  if (overfitting === null) return null;
  const p = overfitting.probability;
  const words =
    Math.abs(p - LIKELY_OVERFIT) < 0.05
      ? 'choosing the best in-sample is about as good as a coin toss'
      : p > LIKELY_OVERFIT
        ? 'choosing the best in-sample is worse than a coin toss'
        : p > 0.2
          ? 'choosing the best in-sample helps a little'
          : 'the best in-sample mostly stays above the median';
  const falls = `its Sharpe ratio goes from ${number(overfitting.inSampleSharpe)} in-sample to ${number(overfitting.outOfSampleSharpe)} outside, with a loss in ${percent(overfitting.lossProbability)} of ${count(overfitting.splits)} splits`;
  return `PBO ${probability(p)}: ${words}; ${falls}.`;
}

function benchmark({ superiorAbility }: SweepStatistics): string | null {
  if (superiorAbility === null) return null;
  const { spaP, realityCheckP, benchmark: name } = superiorAbility;
  const words = spaP <= SIGNIFICANT ? 'the best run beats' : 'no run is shown to beat';
  return `Against ${name}, ${words} it by more than luck: p = ${probability(spaP)} (SPA), ${probability(realityCheckP)} (Reality Check).`;
}

function surroundings({ plateau }: SweepStatistics, objective: string): string | null {
  if (plateau === null) return null;
  const { neighbours, missing, mean, worst, shareWithin, clusterSize, objective: own } = plateau;
  if (mean === null || worst === null || shareWithin === null) {
    return missing > 0
      ? `The best run has no neighbour among the runs (${count(missing)} missing): nothing is known of its surroundings.`
      : null;
  }
  const where = shareWithin >= 0.5 ? 'stands on a plateau' : 'stands on a peak';
  const cluster =
    clusterSize > 1 ? `; it is one of ${count(clusterSize)} connected runs among the best tenth` : '';
  const gaps = missing > 0 ? ` (${count(missing)} more missing)` : '';
  return `The best run ${where}: ${objective} ${metricValue(objective, own)}, its ${neighbours === 1 ? 'neighbour' : `${count(neighbours)} neighbours`}${gaps} ${metricValue(objective, mean)} on average, ${metricValue(objective, worst)} at worst, ${percent(shareWithin)} within 10 %${cluster}.`;
}

function axes({ axes: shares }: SweepStatistics, objective: string): string | null {
  const ranked = [...shares].sort((a, b) => b.share - a.share).slice(0, 3);
  if (ranked.length < 2 || !(ranked[0]!.share > 0)) return null;
  const [first, ...others] = ranked.map(({ axis, share }) => [lastName(axis), percent(share)] as const);
  const rest = others.map(([name, share]) => `, ${name} ${share}`).join('');
  return `Of the variance of ${objective} across the runs, ${first![0]} alone explains ${first![1]}${rest}.`;
}

/** What the leaderboard calls an axis: `lookback` of `params.lookback`. */
const lastName = (path: string) => path.slice(path.indexOf('.') + 1);
