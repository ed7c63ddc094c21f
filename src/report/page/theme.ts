/** Colours of the charts, which must be given to them as values. */
export interface ChartColors {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  /** From worse to better. */
  readonly scale: readonly string[];
  readonly series: readonly string[];
  readonly bar: string;
  readonly warn: string;
  readonly dark: boolean;
}

type Choice = 'auto' | 'light' | 'dark';
const NEXT: Readonly<Record<Choice, Choice>> = { auto: 'light', light: 'dark', dark: 'auto' };

const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const listeners: (() => void)[] = [];
let choice: Choice = 'auto';

export const isDark = () => choice === 'dark' || (choice === 'auto' && prefersDark.matches);
export const themeChoice = () => choice;
export const onTheme = (listener: () => void) => void listeners.push(listener);

/** Goes from the system's theme to light, to dark, and back. */
export function nextTheme(): void {
  choice = NEXT[choice];
  apply();
}

/** Sets the theme on the document and tells the charts. */
export function apply(): void {
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light';
  for (const listener of listeners) listener();
}

prefersDark.addEventListener('change', () => choice === 'auto' && apply());

// Paper is white: what is printed is drawn light.
addEventListener('beforeprint', () => {
  document.documentElement.dataset.theme = 'light';
  printing = true;
  for (const listener of listeners) listener();
});
addEventListener('afterprint', () => {
  printing = false;
  apply();
});
let printing = false;

export function chartColors(): ChartColors {
  const dark = isDark() && !printing;
  return dark
    ? {
        text: '#e4e7ea',
        muted: '#a3acb5',
        line: '#363e47',
        surface: '#181c20',
        scale: ['#1d2a36', '#1f4058', '#2a6183', '#4a89ad', '#86b4cf', '#d3e8f3'],
        series: ['#6cb2ee', '#eda35f', '#6bc6a1', '#c39be8', '#d9c25a'],
        bar: '#5b93bd',
        warn: '#f0846f',
        dark,
      }
    : {
        text: '#1d2329',
        muted: '#59636e',
        line: '#d9dde1',
        surface: '#ffffff',
        scale: ['#f2f4f5', '#d3e0e9', '#a3c2d7', '#6699bd', '#2f6d9c', '#0c3f6b'],
        series: ['#1b63a8', '#b9581c', '#1d7a5c', '#7a4ba6', '#86700f'],
        bar: '#3f7cab',
        warn: '#b3341f',
        dark,
      };
}
