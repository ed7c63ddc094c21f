/** Least number of letters to insert, delete, replace or swap with the next, to turn a into b. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(replaced, last[j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, beforeLast[j - 2]! + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/**
 * The known name a mistyped one most likely stands for, or null where none is near.
 *
 * Case and the separators `_`, `-` and space do not count; near = at most a third of the letters differ. Of equally near names
 * the first. Names longer than 64 characters are not compared.
 */
export function nearestName(name: string, names: Iterable<string>): string | null {
  const plain = (text: string) => text.toLowerCase().replace(/[-_ ]/g, '');
  const wanted = plain(name);
  if (name.length > 64) return null;
  let nearest: string | null = null;
  let smallest = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of names) {
    if (candidate.length > 64) continue;
    const distance = editDistance(wanted, plain(candidate));
    if (distance < smallest) {
      smallest = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

/** The end of an error about an unknown name: `did you mean X? Known: A, B, C` (the first 30 of them). */
export function suggestName(name: string, names: readonly string[]): string {
  const nearest = nearestName(name, names);
  const known = names.length > 30 ? `${names.slice(0, 30).join(', ')}, …` : names.join(', ');
  return `${nearest === null ? '' : `did you mean ${nearest}? `}Known: ${known === '' ? 'none' : known}`;
}
