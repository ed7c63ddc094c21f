import { h, scrollTable } from '../dom.ts';
import type { Section } from '../section.ts';
import { count, timeText } from '../text.ts';

/** What the numbers were made from, and how to make them again. */
export const provenance: Section = {
  id: 'provenance',
  title: 'Provenance',
  render({ model: { data, place } }) {
    const { summary } = data;
    const spec = JSON.parse(data.spec) as { bars?: string };
    const best = summary.best?.run_id ?? null;
    const rows: [string, string][] = [
      ['sweep', data.sweepId],
      ['generation', String(summary.generation)],
      ['dataset', String(spec.bars ?? '')],
      ['assets × bars', `${count(data.assets)} × ${count(data.bars)}`],
      ['strategy', data.strategy],
      ['engine digest', summary.engine],
      ['backsweep', data.version],
    ];
    if (data.from !== null)
      rows.splice(4, 0, ['period', `${timeText(data.from)} to ${timeText(data.to!)}, UTC`]);
    return [
      h(
        'p',
        { class: 'lead' },
        'Everything on this page follows from these, but for the times and the cost: those were measured where the report was written.',
      ),
      scrollTable(
        'What the numbers were made from',
        ['what', 'value'],
        rows.map(([name, value]) => [name, h('code', {}, value)]),
        [1],
      ),
      best === null
        ? h('span', { hidden: true })
        : h(
            'div',
            {},
            h('h3', {}, 'Replay'),
            h('p', {}, 'The best run, bit for bit, from its id:'),
            h(
              'pre',
              { tabindex: 0, 'aria-label': 'Replay command' },
              place.replayCommand.replace('RUN_ID', best),
            ),
          ),
      h(
        'details',
        { class: 'behind' },
        h('summary', {}, 'The sweep as it was resolved (spec.json)'),
        h('pre', { tabindex: 0, 'aria-label': 'spec.json' }, JSON.stringify(spec, null, 2)),
      ),
    ];
  },
};
