import type { ValidationSummary } from '../../contracts/validation-summary.ts';
import { metricByName } from '../../core/metrics/catalog.ts';
import { count, fraction, metricValue, number, plural } from './verdict-numbers.ts';

/** What a ranking came to on bars that had no part in it, in the words of a judgement; null where there are none. */
export function unseenBarsOutcome(
  validation: ValidationSummary | null,
  metric: string,
  ownObjective: number | null,
): string | null {
  const best = validation?.holdout?.best;
  const followed = validation?.walkForward?.stitched;
  if (best) return outcome(metric, ownObjective, best.objective, 'on the bars held back');
  if (followed) {
    return outcome(metric, validation!.walkForward!.meanTrain, followed.objective, 'in the walk-forward');
  }
  return null;
}

/** Only of a metric that is better the higher it is, and above 0 before: of others a share says nothing. */
function outcome(metric: string, before: number | null, after: number | null, where: string): string | null {
  if (before === null || after === null || before <= 0) return null;
  if (metricByName(metric)!.direction !== 'higher') return null;
  if (after <= 0) return `but nothing of it is left ${where}`;
  return after < before / 2 ? `but less than half of it is left ${where}` : `and it holds up ${where}`;
}

/** What bars that had no part in a ranking say about it, a sentence a part of the validation. */
export function unseenBarsSentences(
  { holdout, walkForward, cpcv }: ValidationSummary,
  metric: string,
  ownObjective: number | null,
): string[] {
  const sentences: string[] = [];
  if (holdout && holdout.looksAhead === 0) sentences.push(holdoutSentence(holdout, metric, ownObjective));
  if (walkForward) sentences.push(walkForwardSentence(walkForward, metric));
  if (cpcv && cpcv.median !== null && cpcv.min !== null) {
    const training =
      cpcv.meanTrain === null ? '' : `, after ${metricValue(metric, cpcv.meanTrain)} in training`;
    sentences.push(
      `Over ${plural(cpcv.paths, 'path')} of cross-validation (${plural(cpcv.splits, 'split')}) the runs chosen have ${metric} ${metricValue(metric, cpcv.median)} in the median and ${metricValue(metric, cpcv.min)} at worst${training}.`,
    );
  }
  return sentences;
}

function holdoutSentence(
  { bars, from, to, best }: NonNullable<ValidationSummary['holdout']>,
  metric: string,
  ownObjective: number | null,
): string {
  const where = `${plural(bars, 'bar')} held back, ${day(from)} to ${day(to)}`;
  if (best === null) return `No run could be tested on the ${where}.`;
  const before = ownObjective === null ? '' : ` after ${metricValue(metric, ownObjective)} on those before`;
  const objective =
    best.objective === null ? '' : `${metric} ${metricValue(metric, best.objective)}${before}`;
  const gain = best.total_return === null ? '' : `a total return of ${fraction(best.total_return)}`;
  const parts = [objective, gain].filter((part) => part !== '');
  return `On the ${where}, the best run has ${parts.length === 0 ? 'no metrics, since it was ruined' : parts.join(', and ')}.`;
}

function walkForwardSentence(
  {
    folds,
    meanTrain,
    meanTest,
    stitched,
    meanRankCorrelation,
  }: NonNullable<ValidationSummary['walkForward']>,
  metric: string,
): string {
  if (meanTrain === null || meanTest === null) {
    return `In ${plural(folds.length, 'window')} of the walk-forward no run could be chosen and followed.`;
  }
  const chosen = `In ${plural(folds.length, 'window')} of the walk-forward the runs chosen have ${metric} ${metricValue(metric, meanTrain)} in training and ${metricValue(metric, meanTest)} in the test on average`;
  const account =
    stitched === null || stitched.total_return === null
      ? ''
      : `; the account that follows them has ${stitched.objective === null ? '' : `${metric} ${metricValue(metric, stitched.objective)} and `}a total return of ${fraction(stitched.total_return)}`;
  const ranking =
    meanRankCorrelation === null
      ? ''
      : `; the ranking in training ${carriesOver(meanRankCorrelation)} (rank correlation ${number(meanRankCorrelation)})`;
  return `${chosen}${account}${ranking}.`;
}

function carriesOver(correlation: number): string {
  if (correlation <= -0.1) return 'is turned round in the test';
  if (correlation < 0.1) return 'tells nothing about the test';
  return correlation < 0.3 ? 'tells little about the test' : 'carries over in part';
}

/** The judgement of a strategy that changed its past once later bars were added; null where none did. */
export function lookAheadJudgement(validation: ValidationSummary | null): string | null {
  const leaders = validation?.holdout?.looksAhead ?? 0;
  if (leaders === 0) return null;
  return `Not to be trusted: the strategy looks ahead; ${count(leaders)} of the leaders changed their past once the bars held back were added.`;
}

const day = (iso: string) => (iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : `${iso.slice(0, 16)}Z`);
