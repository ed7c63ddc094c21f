import { nearestName } from './nearest-name.ts';

/**
 * The end of an error about an unknown name: `did you mean X? Known: A, B, C` (the first 30 of them).
 *
 * Names longer than 64 characters are not compared: no known one is, and the comparison takes time with their length.
 */
export function suggestName(name: string, names: readonly string[]): string {
  const nearest = name.length > 64 ? undefined : nearestName(name, names);
  const known = names.length > 30 ? `${names.slice(0, 30).join(', ')}, …` : names.join(', ');
  return `${nearest === undefined ? '' : `did you mean ${nearest}? `}Known: ${known === '' ? 'none' : known}`;
}
