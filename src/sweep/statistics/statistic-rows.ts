import { ALL_SPLITS } from './block-splits.ts';
import type { Findings } from './findings.ts';
import { CONFIDENCE } from './leader-luck.ts';
import { luckiestSharpe, probabilisticSharpe } from './probabilistic-sharpe.ts';
import type { StatisticRow } from './statistics-table.ts';

const row = (name: string, value: number | null | undefined, detail: string | null = null): StatisticRow => ({
  name,
  item: null,
  value: value ?? null,
  detail,
});
const itemRow = (name: string, item: string, value: number | null, detail: string | null = null) => ({
  ...row(name, value, detail),
  item,
});

/** The rows of the table `statistics`, always the same names in the same order; docs/statistics.md explains each. */
export function statisticRows(findings: Findings): StatisticRow[] {
  return [
    row('runs', findings.okRuns, 'runs that succeeded'),
    row('bars', findings.bars),
    row('bars_per_year', findings.barsPerYear),
    ...luckRows(findings),
    ...overfittingRows(findings),
    ...abilityRows(findings),
    ...plateauRows(findings),
    ...axisRows(findings),
    ...findings.gaps.map((gap) => row('gap', null, gap)),
  ];
}

function luckRows({ blocks, leaderLuck: luck, barsPerYear }: Findings): StatisticRow[] {
  const trials = blocks?.trials;
  const annual = Math.sqrt(barsPerYear ?? Number.NaN);
  const variance = blocks?.sharpeVariance ?? null;
  const yearly = (value: number | null | undefined) =>
    value === null || value === undefined ? null : value * annual;
  const allRuns = luck && variance !== null && blocks ? luckiestSharpe(blocks.runs, variance) : null;
  return [
    row('compared_runs', blocks?.runs, 'runs whose returns vary'),
    row(
      'sharpe_deviation',
      variance === null ? null : Math.sqrt(variance) * annual,
      'standard deviation across the runs, per year',
    ),
    row(
      'effective_trials',
      trials?.trials,
      trials ? `from ${trials.groups} groups of ${trials.sampled} runs that correlate by √½ or more` : null,
    ),
    row('mean_correlation', trials?.meanCorrelation, 'of the block returns of two runs'),
    row('leader_sharpe', yearly(luck?.sample.sharpe), 'first of the leaderboard, per year'),
    row('leader_skewness', luck?.sample.skewness, 'of its returns, not corrected for bias'),
    row('leader_kurtosis', luck?.sample.kurtosis, '3 for a normal distribution'),
    row('luckiest_sharpe', yearly(luck?.luckiest), 'SR0: expected of the best without skill, per year'),
    row('psr', luck?.psr, 'probability that the true Sharpe ratio is above 0'),
    row('deflated_sharpe', luck?.deflatedSharpe, 'probability that it is above luckiest_sharpe'),
    row(
      'deflated_sharpe_all_runs',
      luck && allRuns !== null ? finite(probabilisticSharpe(luck.sample, allRuns)) : null,
      'as if every compared run were independent: a lower bound',
    ),
    row('min_track_record_bars', luck?.minTrackRecordBars, `for a psr of ${CONFIDENCE}`),
    row('min_backtest_years', luck?.minBacktestYears, 'shorter backtests reach leader_sharpe by luck'),
  ];
}

function overfittingRows({ blocks, barsPerYear }: Findings): StatisticRow[] {
  const found = blocks?.overfitting;
  const annual = Math.sqrt(barsPerYear ?? Number.NaN);
  const splits =
    found && `${found.splits === ALL_SPLITS ? 'all' : 'a seeded subset of'} ${found.splits} splits`;
  return [
    row('pbo', found?.probability, splits ? `of ${splits}` : null),
    ...(found?.logitQuantiles ?? []).map(([level, logit]) =>
      itemRow('pbo_logit_quantile', String(level), logit, 'of the logits of the rank out of sample'),
    ),
    row('pbo_slope', found && finite(found.slope), 'Sharpe ratio out of sample on in-sample'),
    row('pbo_intercept', found && finite(found.intercept * annual), 'per year'),
    row('pbo_loss_probability', found?.lossProbability, 'Sharpe ratio out of sample below 0'),
    row('pbo_sharpe_in_sample', found && found.inSample * annual, 'mean of the chosen runs, per year'),
    row('pbo_sharpe_out_of_sample', found && found.outOfSample * annual, 'of the same runs, per year'),
  ];
}

function abilityRows({ blocks, benchmark }: Findings): StatisticRow[] {
  const found = blocks?.superiorAbility;
  const detail = found ? `against ${benchmark}, ${found.draws} draws of 16 blocks` : null;
  return [
    row('reality_check', found?.realityCheck, 'highest √n·mean of the differences'),
    row('reality_check_p', found?.realityCheckP, detail),
    row('spa', found?.statistic, 'highest √n·mean/σ of the differences'),
    itemRow('spa_p', 'consistent', found?.consistentP ?? null, detail),
    itemRow('spa_p', 'lower', found?.lowerP ?? null, detail),
    itemRow('spa_p', 'upper', found?.upperP ?? null, detail),
  ];
}

function plateauRows({ plateaus, objective }: Findings): StatisticRow[] {
  const runAt = (run: number) => `run_index ${run}`;
  return [
    row('good_threshold', plateaus.threshold, 'objective that a tenth of the runs reach'),
    row('good_runs', plateaus.goodRuns),
    row('clusters', plateaus.count, 'of good runs connected by steps of one on one axis'),
    ...plateaus.largest.flatMap(({ size, mean, best, centre }, i) => [
      itemRow('cluster_size', String(i + 1), size),
      itemRow('cluster_mean', String(i + 1), mean, 'objective'),
      itemRow('cluster_best', String(i + 1), objective[best]!, runAt(best)),
      itemRow('cluster_centre', String(i + 1), objective[centre]!, runAt(centre)),
    ]),
  ];
}

function axisRows({ axes, importance }: Findings): StatisticRow[] {
  if (importance === null) return [];
  const { main, pairs, skippedPairs } = importance;
  const skipped = skippedPairs > 0 ? [row('axis_pairs_skipped', skippedPairs, 'with too many cells')] : [];
  return [
    ...axes.map((axis, k) => itemRow('axis_importance', axis, main[k]!, 'share of variance, alone')),
    ...pairs.map(({ first, second, share }) =>
      itemRow('axis_interaction', `${axes[first]} × ${axes[second]}`, share, 'share beyond both alone'),
    ),
    ...skipped,
  ];
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);
