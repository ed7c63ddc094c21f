import { InvalidArgumentError, Option } from 'commander';

/** Where local sweeps are kept. */
export const dirOption = () => new Option('--dir <dir>', 'directory of the sweeps').default('.backsweep');

/** The end of a command that is meant for the same directory; '' for the default. */
export const inDirectory = (dir: string) => (dir === '.backsweep' ? '' : ` ${commandLine('--dir', dir)}`);

export const jsonOption = () =>
  new Option('--json', 'print JSON for machines, and no progress').default(false);

/** A whole number of at least 1. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('expected a whole number of at least 1.');
  return Number(text);
}

/** A finite number. */
export function finite(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number.');
  return value;
}

/** A number above 0. */
export function positive(text: string): number {
  const value = finite(text);
  if (value <= 0) throw new InvalidArgumentError('expected a number above 0.');
  return value;
}

/** Words as a shell would have to be given them. */
export function commandLine(...words: readonly string[]): string {
  return words
    .map((word) => (/^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
