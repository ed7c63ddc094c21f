import { h, scrollTable } from '../dom.ts';
import type { Section } from '../section.ts';
import { bytes, count, fixed, percent, plain, plural, shortId } from '../text.ts';

const CLASSES: Readonly<Record<string, string>> = {
  P2: 'an event on every bar: equal to dense',
  P3: 'nothing can drift: equal to dense',
  P4: 'equal to dense hold; dense daily trades drift',
  P5: 'stops were never touched',
};

/** Whether both engines agree, and what the sparse form saves. */
export const checks: Section = {
  id: 'checks',
  title: 'Parity and memory',
  render({ model }) {
    const { summary, parity, leastSaving, mostSaving } = model.data;
    const { memory } = summary;
    const first = summary.parity.firstDiverged;
    return [
      h('h3', {}, 'Parity'),
      h(
        'p',
        { class: 'lead' },
        'A checked run is computed by the window engine, by the event engine and in its dense form; identical means equal in every bit of fills, cash, positions and equity. Drift is what dense rows trade besides, by repeating their weights on every bar.',
      ),
      ...(first
        ? [
            h(
              'p',
              { class: 'warning' },
              `First divergence: run ${shortId(first.run_id)}: ${first.detail ?? 'no detail'}`,
            ),
          ]
        : []),
      parity.length === 0
        ? h('p', { class: 'empty' }, 'No run succeeded.')
        : scrollTable(
            'Parity by class',
            ['status', 'class', 'runs', 'dense re-entries', 'drift turnover a year', 'drift fees a run'],
            parity.map((row) => [
              plain(row.status),
              classText(row.denseClass),
              count(row.runs),
              count(row.reentriesDense) || '–',
              fixed(row.driftTurnover, 2).replace(/^-/, '−') || '–',
              fixed(row.driftFees, 2).replace(/^-/, '−') || '–',
            ]),
            [1],
            [4, 5],
          ),
      h('h3', {}, 'Memory'),
      memory.saving === null
        ? h('p', { class: 'empty' }, 'No run has instructions.')
        : h(
            'div',
            {},
            h(
              'div',
              { class: 'bars' },
              bar('sparse', memory.sparseBytes, memory.denseBytes),
              bar('dense', memory.denseBytes, memory.denseBytes),
            ),
            h(
              'p',
              { class: 'note' },
              `Instructions of ${plural(summary.okRuns, 'run')}, as the matrix that each run held: ${percent(memory.saving, 1)} saved in all` +
                (leastSaving === null
                  ? '.'
                  : `, ${percent(leastSaving, 1)} by the run that saves least and ${percent(mostSaving, 1)} by the one that saves most.`),
            ),
          ),
    ];
  },
};

function classText(name: string | null): HTMLElement | string {
  if (name === null) return '–';
  const meaning = name
    .split('+')
    .map((part) => CLASSES[part] ?? part)
    .join('; ');
  return h('span', {}, name, ' ', h('span', { class: 'note' }, meaning));
}

function bar(name: string, size: number, most: number): HTMLElement {
  const fill = h('span', { class: `fill ${name}` });
  fill.style.width = `${(100 * size) / most}%`;
  return h(
    'div',
    { class: 'bar' },
    h('span', { class: 'name' }, name),
    h('span', { class: 'track' }, fill),
    h('span', { class: 'size' }, bytes(size)),
  );
}
