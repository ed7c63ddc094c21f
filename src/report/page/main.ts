import { h } from './dom.ts';
import { createFilter } from './filter.ts';
import { readModel } from './model.ts';
import type { Section } from './section.ts';
import { checks } from './sections/checks.ts';
import { curves } from './sections/curves.ts';
import { distribution } from './sections/distribution.ts';
import { headline } from './sections/headline.ts';
import { heatmap } from './sections/heatmap.ts';
import { leaderboard } from './sections/leaderboard.ts';
import { parallel } from './sections/parallel.ts';
import { problems } from './sections/problems.ts';
import { provenance } from './sections/provenance.ts';
import { slices } from './sections/slices.ts';
import { validation } from './sections/validation.ts';
import { verdict } from './sections/verdict.ts';
import { apply, nextTheme, themeChoice } from './theme.ts';

/** The page in the order in which it is read; a new part of the report is one more file and one more line here. */
const SECTIONS: readonly Section[] = [
  verdict,
  leaderboard,
  parallel,
  heatmap,
  slices,
  curves,
  validation,
  distribution,
  problems,
  checks,
  provenance,
];

const page = { model: readModel(), filter: createFilter() };
const sections = SECTIONS.filter(({ appliesTo }) => appliesTo?.(page.model) ?? true);
apply();
const themeButton = h('button', { type: 'button', class: 'theme', onclick: () => changeTheme() });
const themeText = () => {
  themeButton.textContent = `Theme: ${themeChoice()}`;
};
function changeTheme(): void {
  nextTheme();
  themeText();
}
themeText();
document.body.append(
  h('a', { class: 'skip', href: '#leaderboard' }, 'Skip to the leaderboard'),
  h(
    'header',
    {},
    h('div', { class: 'top' }, h('span', { class: 'brand' }, 'backsweep report'), themeButton),
    ...headline(page),
    h(
      'nav',
      { 'aria-label': 'Sections' },
      sections.map(({ id, title }) => h('a', { href: `#${id}` }, title)),
    ),
  ),
  h(
    'main',
    {},
    sections.map((section) =>
      h(
        'section',
        { id: section.id, 'aria-labelledby': `${section.id}-title`, tabindex: -1 },
        h('h2', { id: `${section.id}-title` }, section.title),
        ...section.render(page),
      ),
    ),
  ),
  h('footer', {}, 'Made by backsweep. Charts by Apache ECharts, in this file.'),
);
