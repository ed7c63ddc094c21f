import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Summary } from '../../src/contracts/summary.ts';
import { cli, scratch, sweepFile, writeBars } from '../support/cli.ts';

const { root, write, remove } = scratch('validation');
const VALIDATION = {
  walkForward: { train: 60, test: 30, purge: 2 },
  cpcv: { groups: 4, test: 2 },
  holdout: '20%',
};
let text: string;
let summary: Summary;
beforeAll(async () => {
  await writeBars(root, 3, 250);
  const constraints = ['orders >= 1', 'max_drawdown > -0.9'];
  write('sweep.yaml', sweepFile({ name: 'validated', validation: VALIDATION, constraints }));
  text = (await cli(root, 'run', 'sweep.yaml')).stdout;
  summary = JSON.parse((await cli(root, 'run', 'sweep.yaml', '--json')).stdout).summary;
});
afterAll(remove);

const percent = (share: number | null) => `${(100 * share!).toFixed(2)} %`;
const ratio = (value: number | null) => value!.toFixed(3);
/** A sentence of the verdict on one line. */
const unwrapped = () => text.replaceAll('\n  ', ' ');

describe('a sweep with a validation', () => {
  it('lists its windows with what was chosen and how that fared', () => {
    const { folds, axes } = summary.validation!.walkForward!;
    // 200 bars are left to rank by: tests begin at 60, 90, 120, 150, and at 180, which has 20 of 30.
    expect(folds).toHaveLength(5);
    expect(text).toContain('Walk-forward: 5 windows, ranked by sharpe in training, followed in the test\n');
    for (const [i, fold] of folds.entries()) {
      const row = text
        .split('\n')
        .find((line) => line.startsWith(`${i + 1}  ${fold.trainFrom.slice(0, 10)} to `));
      const cells = row!.split(/ {2,}/);
      expect(cells.slice(2, 4)).toEqual([
        `${fold.testFrom.slice(0, 10)} to ${fold.testTo.slice(0, 10)}`,
        fold.run_id!.slice(0, 10),
      ]);
      expect(cells.slice(4 + axes.length)).toEqual([
        ratio(fold.trainObjective),
        ratio(fold.testObjective),
        `${(100 * fold.testPercentile!).toFixed(0)} %`,
      ]);
    }
  });

  it('tells the account that followed, the choice of hindsight, stability, and what no window could apply', () => {
    const { stitched, hindsight, distinctRuns, changes, meanTrain, meanTest, meanRankCorrelation } =
      summary.validation!.walkForward!;
    expect(text).toContain(
      `followed    sharpe ${ratio(stitched!.objective)}, total return ${percent(stitched!.total_return)}, max drawdown ${percent(stitched!.max_drawdown)} from `,
    );
    expect(text).toContain(`switching cost ${percent(stitched!.switchCost)} in all\n`);
    expect(text).toContain(
      `hindsight   sharpe ${ratio(hindsight!.objective)}, total return ${percent(hindsight!.total_return)} on the same bars for run ${hindsight!.run_id.slice(0, 10)}, `,
    );
    expect(text).toContain(
      `chosen      mean sharpe ${ratio(meanTrain)} in training, ${ratio(meanTest)} in the test; rank correlation over all runs ${meanRankCorrelation!.toFixed(2)}\n`,
    );
    expect(text).toContain(
      `stability   ${distinctRuns} run${distinctRuns === 1 ? '' : 's'} chosen, changed ${changes} of 4 times\n`,
    );
    expect(text).toContain(
      'note        constraints not applied in windows, whose returns cannot tell them: orders >= 1\n',
    );
  });

  it('tells the paths of cross-validation and the bars held back', () => {
    const { cpcv, holdout } = summary.validation!;
    // C(4, 2) splits, and of each group three: 6 · 2 / 4 paths.
    expect(text).toContain(
      `cpcv        3 paths of 6 splits (2 of 4 groups tested): sharpe median ${ratio(cpcv!.median)}, ${ratio(cpcv!.min)} to ${ratio(cpcv!.max)}; in training ${ratio(cpcv!.meanTrain)}; `,
    );
    const { best } = holdout!;
    expect(text).toMatch(/^holdout {5}50 bars from .* held back; on them the best run has sharpe /m);
    expect(text).toContain(
      `has sharpe ${ratio(best!.objective)}, total return ${percent(best!.total_return)}, max drawdown ${percent(best!.max_drawdown)}\n`,
    );
    expect(text).toMatch(/^ *# .* holdout_sharpe +holdout_total_return/m);
  });

  it('says it in its verdict, right after the judgement, in the words of the summary', () => {
    const { verdict } = summary;
    expect(verdict[1]).toMatch(/^On the 50 bars held back, /);
    expect(verdict[2]).toMatch(/^In 5 windows of the walk-forward /);
    expect(verdict[3]).toMatch(/^Over 3 paths of cross-validation \(6 splits\) /);
    for (const sentence of verdict) expect(unwrapped()).toContain(`- ${sentence}\n`);
  });

  it('is planned with what the validation takes', async () => {
    const { stdout } = await cli(root, 'plan', 'sweep.yaml');
    expect(stdout).toContain(
      'validation  5 windows to walk forward, 6 splits of cross-validation, 50 bars held back: at most 27 runs are simulated once more for it\n',
    );
    const plan = JSON.parse((await cli(root, 'plan', 'sweep.yaml', '--json')).stdout);
    expect(plan.validation).toMatchObject({ columns: 16, chosenRuns: 11, leaderRuns: 1.25 });
  });

  it('is watched to its end from elsewhere, and top ends with the judgement', async () => {
    const watched = await cli(root, 'watch', 'last', '--every', '0.05');
    expect(watched.code).toBe(0);
    expect(watched.stdout).toMatch(/^validated: complete, 16 of 16 runs ok, watched for /);
    const same = (output: string) => output.slice(output.indexOf('\n'), output.indexOf('\nresults '));
    expect(same(watched.stdout)).toBe(same(text));
    const [judgement] = summary.verdict;
    const top = (await cli(root, 'top', 'last')).stdout;
    expect(top).toContain(`\nIs the best run real? ${judgement} More: backsweep status `);
    expect((await cli(root, 'top', 'last', '--by', 'cagr')).stdout).not.toContain('Is the best run real?');
  });
});
