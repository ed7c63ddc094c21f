import type { SweepStatistics } from '../../contracts/sweep-statistics.ts';

/** What a verdict is told of besides the statistics. */
export interface VerdictSubject {
  /** Runs that succeeded. */
  readonly okRuns: number;
  /** Name of the metric that ranks the runs. */
  readonly objective: string;
}

/**
 * How much of the best run is chance, for a person: plain sentences with the numbers behind them, the judgement first.
 *
 * A pure function of the statistics; says what could not be told, and why.
 */
export function verdict(statistics: SweepStatistics, { okRuns, objective }: VerdictSubject): string[] {
  const sentences = [
    judgement(statistics),
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

function judgement({ leader, overfitting, superiorAbility }: SweepStatistics): string | null {
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
      : `More than luck by all ${checks.length} checks; what remains is to see it on bars that no run has seen.`;
  }
  if (passed === 0) return 'Nothing here tells the best run from luck.';
  return `Not shown to be more than luck: ${passed} of ${checks.length} checks passed.`;
}

function luck(
  { leader, effectiveTrials, comparedRuns, years }: SweepStatistics,
  okRuns: number,
): string | null {
  if (leader === null || effectiveTrials === null || leader.luckiestSharpe === null) return null;
  const tried = `Of ${runsText(okRuns)} tried, ${comparedRuns < okRuns ? `${count(comparedRuns)} with returns that vary, ` : ''}effectively ${significant(effectiveTrials)} independent`;
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
    p > LIKELY_OVERFIT
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
  return `The best run ${where}: ${objective} ${number(own)}, its ${neighbours === 1 ? 'neighbour' : `${count(neighbours)} neighbours`}${gaps} ${number(mean)} on average, ${number(worst)} at worst, ${percent(shareWithin)} within 10 %${cluster}.`;
}

function axes({ axes: shares }: SweepStatistics, objective: string): string | null {
  const ranked = [...shares].sort((a, b) => b.share - a.share).slice(0, 3);
  if (ranked.length < 2 || !(ranked[0]!.share > 0)) return null;
  const parts = ranked.map(({ axis, share }) => `${axis} ${percent(share)}`);
  return `Of the variance of ${objective} across the runs, ${parts.join(', ')} are explained by one axis alone.`;
}

const grouped = (text: string) => text.replace(/\B(?=(\d{3})+$)/g, ',');
const count = (value: number) => grouped(value.toFixed(0));
const runsText = (value: number) => (value === 1 ? '1 run' : `${count(value)} runs`);
const number = (value: number) => (Math.abs(value) >= 1000 ? count(value) : value.toFixed(2));
const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
/** Two digits; an estimate is no more exact. */
const significant = (value: number) => (value < 10 ? value.toFixed(1) : count(Number(value.toPrecision(2))));
/** Never 0.00 or 1.00, which no estimate is. */
function probability(p: number): string {
  if (p > 0 && p < 0.005) return p < 0.001 ? 'below 0.001' : p.toFixed(3);
  if (p < 1 && p > 0.995) return p > 0.999 ? 'above 0.999' : p.toFixed(3);
  return p.toFixed(2);
}
