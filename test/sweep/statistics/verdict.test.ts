import { describe, expect, it } from 'vitest';
import type { SweepStatistics } from '../../../src/contracts/sweep-statistics.ts';
import type { ValidationSummary } from '../../../src/contracts/validation-summary.ts';
import { verdict } from '../../../src/sweep/statistics/verdict.ts';

/** A best run that passes every check. */
const SHOWN: SweepStatistics = {
  comparedRuns: 1_200,
  years: 10,
  effectiveTrials: 37,
  meanCorrelation: 0.4,
  leader: {
    sharpe: 1.5,
    luckiestSharpe: 0.6,
    psr: 0.9999,
    deflatedSharpe: 0.97,
    minTrackRecordBars: 300,
    minBacktestYears: 2,
  },
  overfitting: {
    splits: 12_870,
    probability: 0.1,
    slope: -0.2,
    lossProbability: 0.02,
    inSampleSharpe: 1.7,
    outOfSampleSharpe: 1.2,
  },
  superiorAbility: { benchmark: 'cash', draws: 1_000, realityCheckP: 0.03, spaP: 0.02 },
  plateau: {
    objective: 1.5,
    neighbours: 6,
    missing: 0,
    mean: 1.4,
    worst: 1.2,
    shareWithin: 0.5,
    clusterSize: 40,
    goodRuns: 120,
    clusters: 3,
  },
  axes: [
    { axis: 'params.top', share: 0.05 },
    { axis: 'params.lookback', share: 0.4 },
    { axis: 'stops.stopLoss', share: 0.12 },
    { axis: 'portfolio.slippage', share: 0.01 },
  ],
  gaps: [],
};

const holdout = (objective: number | null, looksAhead = 0): ValidationSummary => ({
  bars: 2_000,
  walkForward: null,
  cpcv: null,
  holdout: {
    bars: 252,
    from: '2015-01-02T00:00:00.000Z',
    to: '2015-12-31T00:00:00.000Z',
    best: {
      run_id: 'a'.repeat(32),
      objective,
      total_return: 0.123,
      sharpe: objective,
      max_drawdown: -0.1,
      looksAhead: looksAhead > 0,
    },
    looksAhead,
  },
});

const walkForward = (meanRankCorrelation: number | null, account = 0.9): ValidationSummary => ({
  bars: 2_000,
  holdout: null,
  cpcv: null,
  walkForward: {
    folds: [],
    meanTrain: 1.6,
    meanTest: 0.5,
    meanRankCorrelation,
    sampledRuns: 1_200,
    distinctRuns: 3,
    changes: 2,
    axes: [],
    constraintsNotApplied: [],
    stitched: {
      objective: account,
      total_return: 0.42,
      cagr: 0.1,
      volatility: 0.2,
      sharpe: account,
      max_drawdown: -0.1,
      from: '2012-01-03T00:00:00.000Z',
      to: '2015-12-31T00:00:00.000Z',
      bars: 1_000,
      switches: 3,
      switchCost: 0.001,
    },
    hindsight: null,
  },
});

const said = (validation: ValidationSummary | null, statistics = SHOWN, objective = 'sharpe') =>
  verdict(statistics, { okRuns: 1_200, objective, validation });

describe('the verdict', () => {
  it('says each figure once, the judgement first', () => {
    expect(said(null)).toEqual([
      'More than luck by all 3 checks; what remains is to see it on bars that no run has seen (`validation` in the sweep file).',
      'Of 1,200 runs tried, effectively 37 independent; the best has a Sharpe ratio of 1.50 where luck alone would lift the best to 0.60, and is above that with probability 0.97 (deflated Sharpe ratio).',
      'PBO 0.10: the best in-sample mostly stays above the median; its Sharpe ratio goes from 1.70 in-sample to 1.20 outside, with a loss in 2 % of 12,870 splits.',
      'Against cash, the best run beats it by more than luck: p = 0.02 (SPA), 0.03 (Reality Check).',
      'The best run stands on a plateau: sharpe 1.50, its 6 neighbours 1.40 on average, 1.20 at worst, 50 % within 10 %; it is one of 40 connected runs among the best tenth.',
      'Of the variance of sharpe across the runs, lookback alone explains 40 %, stopLoss 12 %, top 5 %.',
    ]);
  });

  it.each([
    [1.2, 'and it holds up'],
    [0.75, 'and it holds up'],
    [0.74, 'but less than half of it is left'],
    [-0.1, 'but nothing of it is left'],
  ])(
    'of a best run with a Sharpe ratio of 1.50 and then of %d on bars held back is that it passes, %s',
    (after, words) => {
      const [judgement, next] = said(holdout(after));
      expect(judgement).toBe(`More than luck by all 3 checks, ${words} on the bars held back.`);
      expect(next).toBe(
        `On the 252 bars held back, 2015-01-02 to 2015-12-31, the best run has sharpe ${after.toFixed(2)} after 1.50 on those before, and a total return of 12.3 %.`,
      );
    },
  );

  it('trusts nothing where a strategy looks ahead', () => {
    const [judgement, next] = said(holdout(2, 12));
    expect(judgement).toMatch(/^Not to be trusted: the strategy looks ahead; 12 of the leaders/);
    expect(next).toMatch(/^Of 1,200 runs/);
  });

  it.each([
    [0.05, 'tells nothing about the test (rank correlation 0.05)'],
    [0.2, 'tells little about the test (rank correlation 0.20)'],
    [0.6, 'carries over in part (rank correlation 0.60)'],
    [-0.3, 'is turned round in the test (rank correlation -0.30)'],
  ])('tells what a walk-forward with a rank correlation of %d came to', (correlation, words) => {
    const [judgement, next] = said(walkForward(correlation));
    expect(judgement).toBe('More than luck by all 3 checks, and it holds up in the walk-forward.');
    expect(next).toBe(
      `In 0 windows of the walk-forward the runs chosen have sharpe 1.60 in training and 0.50 in the test on average; the account that follows them has sharpe 0.90 and a total return of 42.0 %; the ranking in training ${words}.`,
    );
  });

  it('asks a holdout before a walk-forward', () => {
    const both = { ...walkForward(0.5, 1.4), holdout: holdout(-1).holdout };
    expect(said(both)[0]).toContain('nothing of it is left on the bars held back');
    expect(said(both)).toHaveLength(said(null).length + 2);
  });

  it('writes returns and drawdowns as per cent, and says nothing of shares of what is below 0', () => {
    const plateau = { ...SHOWN.plateau!, objective: -0.12, mean: -0.15, worst: -0.2 };
    const sentences = said(holdout(-0.3), { ...SHOWN, plateau }, 'max_drawdown');
    expect(sentences[0]).toBe('More than luck by all 3 checks.');
    expect(sentences[1]).toContain('max_drawdown -30.0 % after -12.0 % on those before');
    expect(sentences.join('\n')).toContain('its 6 neighbours -15.0 % on average, -20.0 % at worst');
  });

  it.each([
    [0.1, 'the best in-sample mostly stays above the median'],
    [0.3, 'choosing the best in-sample helps a little'],
    [0.46, 'choosing the best in-sample is about as good as a coin toss'],
    [0.54, 'choosing the best in-sample is about as good as a coin toss'],
    [0.62, 'choosing the best in-sample is worse than a coin toss'],
  ])('of a PBO of %d is that %s', (probability, words) => {
    const overfitting = { ...SHOWN.overfitting!, probability };
    expect(said(null, { ...SHOWN, overfitting })[2]).toContain(`PBO ${probability.toFixed(2)}: ${words};`);
  });

  it('keeps the validation where statistics have nothing to say', () => {
    const none = {
      ...SHOWN,
      leader: null,
      overfitting: null,
      superiorAbility: null,
      plateau: null,
      axes: [],
    };
    expect(said(holdout(0.4), none)).toEqual([
      'On the 252 bars held back, 2015-01-02 to 2015-12-31, the best run has sharpe 0.40, and a total return of 12.3 %.',
    ]);
  });
});
