type Child = Node | string | number | null | undefined | readonly Child[];
type Attributes = Readonly<
  Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>
>;

/**
 * An element with attributes and children. Text becomes text, never markup: nothing of a sweep can be read as HTML.
 *
 * A function is a listener (`onclick`); true is an empty attribute, false, null and undefined are none.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice('on'.length), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  append(element, children);
  return element;
}

function append(element: HTMLElement, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined) continue;
    if (Array.isArray(child)) append(element, child);
    else element.append(typeof child === 'number' ? String(child) : (child as Node | string));
  }
}

/** A labelled select; `choose` hears the value. */
export function select(
  label: string,
  options: readonly (readonly [value: string, text: string])[],
  chosen: string,
  choose: (value: string) => void,
  attributes: Attributes = {},
): HTMLLabelElement {
  const element = h(
    'select',
    { ...attributes, onchange: () => choose(element.value) },
    options.map(([value, text]) => h('option', { value, selected: value === chosen }, text)),
  );
  return h('label', { class: 'control' }, h('span', {}, label), element);
}

/**
 * A table that scrolls inside its own frame on narrow screens, by keyboard too; columns of `texts` begin at the left, those of
 * `wide` are left off a phone.
 */
export function scrollTable(
  label: string,
  head: readonly (Node | string)[],
  rows: readonly (readonly (Node | string)[])[],
  texts: readonly number[] = [],
  wide: readonly number[] = [],
): HTMLElement {
  const kind = (column: number) =>
    [texts.includes(column) && 'text', wide.includes(column) && 'wide'].filter(Boolean).join(' ') || null;
  const cells = (row: readonly (Node | string)[]) =>
    row.map((cell, i) => (i === 0 ? h('th', { scope: 'row' }, cell) : h('td', { class: kind(i) }, cell)));
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': label },
    h(
      'table',
      {},
      h('caption', { class: 'unseen' }, label),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          head.map((cell, i) => h('th', { scope: 'col', class: kind(i) }, cell)),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map((row) => h('tr', {}, cells(row))),
      ),
    ),
  );
}

/** What a chart shows as a table, closed until it is asked for; filled only then. */
export function tableBehind(summary: string, fill: () => Node): HTMLDetailsElement {
  const details = h('details', { class: 'behind' }, h('summary', {}, summary));
  details.addEventListener('toggle', () => {
    details.querySelector('.filled')?.remove();
    if (details.open) details.append(h('div', { class: 'filled' }, fill()));
  });
  return details;
}
