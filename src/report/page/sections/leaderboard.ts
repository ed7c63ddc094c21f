import { unpack } from '../../typed-arrays.ts';
import { h } from '../dom.ts';
import type { Model } from '../model.ts';
import type { PageContext, Section } from '../section.ts';
import { count, percent, plain, plural, probabilityText, shortId, valueText } from '../text.ts';

const PAGE_ROWS = 20;
const METRICS_SHOWN = 9;

/** What stands around a leader; kept off narrow screens, to which the table `plateaus` is too wide. */
interface Surrounding {
  readonly name: string;
  readonly about: string;
  readonly values: Float32Array;
  readonly text: (value: number) => string;
}

function surroundingsOf({ data, objective }: Model): Surrounding[] {
  const { robust, neighbours, within, deflated } = data.leaders.surroundings;
  const values = (packed: typeof robust) => unpack(packed) as Float32Array;
  const name = plain(objective.name);
  const columns: Surrounding[] = [
    {
      name: 'robust',
      about: `Mean ${name} of the run and its neighbours on the grid`,
      values: values(robust),
      text: (value) => valueText(objective, value),
    },
    { name: 'neighbours', about: 'Runs one step away on one axis', values: values(neighbours), text: count },
    {
      name: 'within 10 %',
      about: `Share of the neighbours that have a better ${name}, or one at most 10 % worse`,
      values: values(within),
      text: (value) => percent(value, 0) || '–',
    },
    {
      name: 'deflated Sharpe',
      about: 'Probability that its true Sharpe ratio is above what luck would lift the best of all runs to',
      values: values(deflated),
      text: (value) => probabilityText(value) ?? '–',
    },
  ];
  return columns.filter((column) => column.values.some((value) => value > 0 || value < 0));
}

/** What rows are ordered by. */
interface Order {
  readonly column:
    | 'rank'
    | { readonly axis: number }
    | { readonly metric: number }
    | { readonly around: number };
  readonly descending: boolean;
}

/** The published leaders, sorted by any column, filtered by the parallel coordinates. */
export const leaderboard: Section = {
  id: 'leaderboard',
  title: 'Leaderboard',
  render(page) {
    const { data } = page.model;
    if (data.leaders.rows === 0) {
      const reason =
        data.okRuns === 0 ? 'No run succeeded' : 'No run meets the constraints with a defined objective';
      return [h('p', { class: 'empty' }, `${reason}: there is nothing to rank.`)];
    }
    return leaderTable(page);
  },
};

function leaderTable({ model, filter }: PageContext): Node[] {
  const { data, leaders } = model;
  const around = surroundingsOf(model);
  let order: Order = { column: 'rank', descending: false };
  let first = 0;
  const head = h('tr');
  const body = h('tbody');
  const status = h('p', { class: 'status', role: 'status' });
  const earlier = h('button', { type: 'button', onclick: () => turn(-PAGE_ROWS) }, 'Previous');
  const later = h('button', { type: 'button', onclick: () => turn(PAGE_ROWS) }, 'Next');
  const clear = h('button', { type: 'button', onclick: () => filter.clear() }, 'Clear filter');

  function turn(by: number) {
    first += by;
    update();
  }
  function sortBy(column: Order['column'], firstDescending: boolean) {
    const same = JSON.stringify(column) === JSON.stringify(order.column);
    order = { column, descending: same ? !order.descending : firstDescending };
    first = 0;
    drawHead();
    update();
  }
  function header(
    label: string,
    column: Order['column'],
    firstDescending: boolean,
    title: string,
    kind: string | null = null,
  ) {
    const sorted = JSON.stringify(column) === JSON.stringify(order.column);
    const direction = sorted ? (order.descending ? 'descending' : 'ascending') : null;
    const arrow = sorted ? (order.descending ? ' ↓' : ' ↑') : '';
    return h(
      'th',
      { scope: 'col', 'aria-sort': direction, class: kind },
      h(
        'button',
        { type: 'button', title, onclick: () => refocus(label, () => sortBy(column, firstDescending)) },
        label,
        h('span', { 'aria-hidden': 'true' }, arrow),
      ),
    );
  }
  /** The head is drawn anew: the button that was pressed keeps the focus. */
  function refocus(label: string, act: () => void) {
    act();
    for (const button of head.querySelectorAll('button')) {
      if (button.firstChild?.textContent === label) button.focus();
    }
  }
  const metricHeaders = (first: number, end: number) =>
    data.metrics
      .slice(first, end)
      .map(({ name, description, direction }, i) =>
        header(plain(name), { metric: first + i }, direction !== 'lower', description),
      );
  function drawHead() {
    head.replaceChildren(
      header('#', 'rank', false, 'Rank by the objective'),
      h('th', { scope: 'col', class: 'text' }, 'run'),
      ...metricHeaders(0, 1),
      ...data.axes.map(({ name, path }, axis) => header(name, { axis }, false, path)),
      ...around.map(({ name, about }, i) => header(name, { around: i }, true, about, 'wide')),
      ...metricHeaders(1, METRICS_SHOWN),
    );
  }
  function update() {
    const rows = ordered(model, around, filter.rows(leaders), order);
    first = Math.max(0, Math.min(first, Math.floor(Math.max(0, rows.length - 1) / PAGE_ROWS) * PAGE_ROWS));
    const shown = rows.slice(first, first + PAGE_ROWS);
    body.replaceChildren(...shown.map((row) => leaderRow(model, around, row)));
    const range = rows.length === 0 ? 'no leader' : `${count(first + 1)}–${count(first + shown.length)}`;
    const of = filter.active
      ? `${count(rows.length)} that pass the filter, of ${plural(leaders.rows, 'leader')}`
      : `${count(leaders.rows)}${data.summary.acceptedRuns > leaders.rows ? ` leaders of ${count(data.summary.acceptedRuns)} ranked runs` : ''}`;
    status.textContent = `${range} of ${of}`;
    earlier.disabled = first === 0;
    later.disabled = first + PAGE_ROWS >= rows.length;
    clear.hidden = !filter.active;
  }
  filter.onChange(() => {
    first = 0;
    update();
  });
  drawHead();
  update();
  const { metric, direction } = data.summary.objective;
  const constraints =
    data.constraints.length > 0 ? `, among runs with ${data.constraints.join(' and ')}` : '';
  return [
    h(
      'p',
      { class: 'lead' },
      `Ranked by ${direction === 'higher' ? 'highest' : 'lowest'} ${plain(metric)}${constraints}. A heading sorts.`,
    ),
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Leaderboard' },
      h(
        'table',
        { id: 'leaders' },
        h('caption', { class: 'unseen' }, 'The best runs with their parameters and metrics'),
        h('thead', {}, head),
        body,
      ),
    ),
    h('div', { class: 'pager' }, status, h('span', { class: 'buttons' }, clear, earlier, later)),
  ];
}

function leaderRow(
  { data, leaders }: Model,
  around: readonly Surrounding[],
  row: number,
): HTMLTableRowElement {
  const values = (first: number, end: number) =>
    data.metrics
      .slice(first, end)
      .map((metric, i) => h('td', {}, valueText(metric, leaders.metrics[first + i]![row]!)));
  const diverged = data.leaders.parity[row] === 'diverged';
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, row + 1),
    h(
      'td',
      { class: 'text' },
      h(
        'code',
        { title: `run ${data.leaders.runIds[row]}, index ${data.leaders.runIndices[row]}` },
        shortId(data.leaders.runIds[row]!),
      ),
      diverged ? h('span', { class: 'warns' }, ' diverged') : null,
    ),
    values(0, 1),
    data.axes.map(({ labels }, axis) => h('td', {}, labels[leaders.positions[axis]![row]!]!)),
    around.map(({ values, text }) => h('td', { class: 'wide' }, text(values[row]!))),
    values(1, METRICS_SHOWN),
  );
}

/** Undefined values come last, whichever way the column is sorted; equals stay by rank. */
function ordered(
  { leaders }: Model,
  around: readonly Surrounding[],
  rows: number[],
  { column, descending }: Order,
): number[] {
  const values =
    column === 'rank'
      ? null
      : 'axis' in column
        ? leaders.positions[column.axis]!
        : 'around' in column
          ? around[column.around]!.values
          : leaders.metrics[column.metric]!;
  const value = (row: number) => (values === null ? row : values[row]!);
  return rows.sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b;
    return (descending ? y - x : x - y) || a - b;
  });
}
