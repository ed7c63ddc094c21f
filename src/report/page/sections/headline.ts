import { h } from '../dom.ts';
import type { PageContext } from '../section.ts';
import { bytes, count, duration, percent, plain, plural, shortId, timeText, valueText } from '../text.ts';

/** The name of the sweep, what it was made of, and what came of it in a few numbers. */
export function headline({ model }: PageContext): HTMLElement[] {
  const { data, objective } = model;
  const { summary, symbols, assets } = data;
  const period = data.from === null ? null : `${timeText(data.from)} to ${timeText(data.to!)}`;
  const shown = symbols.slice(0, 4).join(', ');
  const universe =
    symbols.length > 4 ? `${shown} and ${plural(assets - 4, 'more')}`.replace('mores', 'more') : shown;
  const facts = [
    data.strategy,
    symbols.length > 0 ? universe : plural(assets, 'asset'),
    period,
    `${count(data.bars)} bars`,
    data.axes.length === 0
      ? 'nothing varies'
      : `${plural(data.axes.length, 'axis').replace('axiss', 'axes')}`,
  ];
  const status = { complete: null, complete_with_failures: 'ended with failures', cancelled: 'cancelled' }[
    summary.status
  ];
  return [
    h('h1', {}, data.name),
    h('p', { class: 'facts' }, facts.filter((fact) => fact !== null).join(' · ')),
    status === null
      ? h('span', { hidden: true })
      : h(
          'p',
          { class: 'warning' },
          `This sweep ${status === 'cancelled' ? 'was cancelled' : status}: ${plural(summary.missingRuns, 'run')} of ${count(summary.runs)} have no result.`,
        ),
    h(
      'dl',
      { class: 'tiles' },
      tile(`Best ${plain(objective.name)}`, summary.best ? valueText(objective, summary.best.value) : '–', [
        summary.best ? `run ${shortId(summary.best.run_id)}` : 'no run meets the constraints',
        ...betterThanBenchmark(model),
      ]),
      tile('Runs', count(summary.runs), runsText(summary)),
      tile('Time', timeOf(model.place.seconds ?? model.place.workerSeconds), [
        model.place.by === null
          ? 'not noted'
          : model.place.seconds === null
            ? `of workers, ${model.place.by}`
            : `on ${model.place.by}`,
        ...(model.place.seconds ? [`${count(summary.runs / model.place.seconds)} runs/s`] : []),
      ]),
      tile('Cost', costText(model.place.costUsd), [
        model.place.costUsd === null
          ? 'not noted'
          : model.place.costUsd === 0
            ? 'own machine'
            : 'workers, list price',
      ]),
      tile('Parity', ...parityTile(summary)),
      tile('Memory saved', percent(summary.memory.saving, 1) || '–', [
        summary.memory.saving === null
          ? 'no instructions'
          : `${bytes(summary.memory.sparseBytes)} sparse, ${bytes(summary.memory.denseBytes)} dense`,
      ]),
      tile('Re-entries prevented', count(summary.reentriesDense), [
        `after a stop, in ${plural(summary.parity.identical + summary.parity.diverged, 'checked run')}`,
      ]),
    ),
  ];
}

function tile(name: string, value: string, notes: readonly string[], warns = false): HTMLElement {
  return h(
    'div',
    { class: warns ? 'tile warns' : 'tile' },
    h('dt', {}, name),
    h('dd', { class: 'value' }, value),
    notes.map((note) => h('dd', { class: 'note' }, note)),
  );
}

const timeOf = (seconds: number | null) => (seconds === null ? '–' : duration(seconds));

function costText(usd: number | null): string {
  if (usd === null) return '–';
  return usd === 0 ? '$0' : `$${usd < 0.01 ? usd.toPrecision(2) : usd.toFixed(2)}`;
}

function runsText({
  okRuns,
  failedRuns,
  missingRuns,
  zeroTradeRuns,
  acceptedRuns,
}: PageContext['model']['data']['summary']) {
  const notes = [`${count(okRuns)} ok`];
  if (failedRuns > 0) notes.push(`${count(failedRuns)} failed`);
  if (missingRuns > 0) notes.push(`${count(missingRuns)} not run`);
  if (zeroTradeRuns > 0) notes.push(`${count(zeroTradeRuns)} without a trade`);
  return [notes.join(', '), `${count(acceptedRuns)} ranked`];
}

function parityTile({ parity }: PageContext['model']['data']['summary']): [string, string[], boolean] {
  const checked = parity.identical + parity.diverged;
  if (checked === 0) return ['–', ['not checked'], false];
  if (parity.diverged > 0)
    return [`${count(parity.diverged)} diverged`, [`of ${count(checked)} checked`], true];
  return [
    'identical',
    [
      `${plural(checked, 'run')} checked, both engines`,
      ...(parity.notChecked > 0 ? [`${count(parity.notChecked)} not checked`] : []),
    ],
    false,
  ];
}

function betterThanBenchmark({ data }: PageContext['model']): string[] {
  const [histogram] = data.histograms;
  if (!histogram?.benchmark) return [];
  const share = histogram.benchmark.better / histogram.defined;
  return [`${percent(share, share === 0 || share === 1 ? 0 : 1)} of the runs beat equal weight`];
}
