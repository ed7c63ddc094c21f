/** A run by the value it is ranked by, and where its row stands. */
export interface Ranked {
  readonly value: number;
  readonly runIndex: number;
  readonly shard: number;
  readonly row: number;
}

/** Keeps the `limit` best of many runs in bounded memory; equal values rank by ascending run index, so the order is total. */
export function rankedList(limit: number, direction: 'higher' | 'lower') {
  const sign = direction === 'higher' ? 1 : -1;
  const order = (a: Ranked, b: Ranked) => sign * (b.value - a.value) || a.runIndex - b.runIndex;
  const kept: Ranked[] = [];
  let top: Ranked | null = null;
  let worst: Ranked | undefined; // of the list when it was last cut to its limit
  const cut = () => {
    kept.sort(order);
    kept.length = Math.min(kept.length, limit);
    worst = kept.length === limit ? kept[limit - 1] : undefined;
  };
  return {
    /** Ranks a run by its value; of most no object is made. */
    offer(value: number, runIndex: number, shard: number, row: number): void {
      if (worst && (sign * (worst.value - value) || runIndex - worst.runIndex) > 0) return;
      const run = { value, runIndex, shard, row };
      if (top === null || order(run, top) < 0) top = run;
      kept.push(run);
      if (kept.length >= 2 * limit) cut();
    },
    /** The best run so far; null before there is one. */
    top: (): Ranked | null => top,
    /** The best runs so far, best first. */
    best(): readonly Ranked[] {
      cut();
      return [...kept];
    },
  };
}
