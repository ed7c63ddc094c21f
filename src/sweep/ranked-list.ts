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
  let worst: Ranked | undefined; // of the list when it was last cut to its limit
  const cut = () => {
    kept.sort(order);
    kept.length = Math.min(kept.length, limit);
    worst = kept.length === limit ? kept[limit - 1] : undefined;
  };
  return {
    offer(run: Ranked): void {
      if (worst && order(run, worst) > 0) return;
      kept.push(run);
      if (kept.length >= 2 * limit) cut();
    },
    /** The best runs so far, best first. */
    best(): readonly Ranked[] {
      cut();
      return [...kept];
    },
  };
}
