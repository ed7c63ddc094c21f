/** Ascending numbers as text of ranges: `0-2,5`; nothing as ``. */
export function rangesText(numbers: readonly number[]): string {
  const ranges: string[] = [];
  for (let i = 0; i < numbers.length; ) {
    let end = i;
    while (end + 1 < numbers.length && numbers[end + 1] === numbers[end]! + 1) end++;
    ranges.push(end === i ? `${numbers[i]}` : `${numbers[i]}-${numbers[end]}`);
    i = end + 1;
  }
  return ranges.join(',');
}

/** The numbers below `end` that a text of ranges names; null for another text. */
export function rangesOf(text: string, end: number): number[] | null {
  const numbers: number[] = [];
  if (text === '') return numbers;
  for (const range of text.split(',')) {
    const found = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(range);
    if (!found) return null;
    const first = Number(found[1]);
    const last = Number(found[2] ?? found[1]);
    if (first <= (numbers.at(-1) ?? -1) || last < first || last >= end) return null;
    for (let n = first; n <= last; n++) numbers.push(n);
  }
  return numbers;
}
