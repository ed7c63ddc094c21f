import type { ReportCause } from '../../report-data.ts';
import { h, scrollTable } from '../dom.ts';
import type { Section } from '../section.ts';
import { count, percent, shortId } from '../text.ts';

/** Runs that failed or did not trade, by cause. */
export const problems: Section = {
  id: 'problems',
  title: 'Failures and runs without a trade',
  render({ model }) {
    const { failures, zeroTrades, summary } = model.data;
    return [
      h('h3', {}, 'Without a result'),
      causes('Runs without a result', failures, summary.runs) ??
        h('p', { class: 'empty' }, 'Every run has a result.'),
      h('h3', {}, 'Without a trade'),
      causes('Runs without a trade', zeroTrades, summary.runs) ??
        h('p', { class: 'empty' }, 'Every run traded.'),
    ];
  },
};

function causes(label: string, found: readonly ReportCause[], runs: number): HTMLElement | null {
  if (found.length === 0) return null;
  return scrollTable(
    label,
    ['cause', 'runs', 'share', 'for example'],
    found.map(({ cause, runs: some, runId }) => [
      h('span', { class: 'cause' }, cause),
      count(some),
      percent(some / runs, 1),
      runId === null ? '–' : h('code', {}, shortId(runId)),
    ]),
    [3],
  );
}
