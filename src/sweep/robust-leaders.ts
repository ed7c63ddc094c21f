import type { Plan } from '../contracts/plan.ts';
import type { Fold, Ranking } from './fold-shards.ts';
import { type Ranked, rankedList } from './ranked-list.ts';
import type { Neighbourhood } from './statistics/neighbourhood.ts';

/** The best of the accepted runs by their robust objective; runs that have none do not rank. */
export function robustLeaders(
  { objective, accepted }: Pick<Fold, 'objective' | 'accepted'>,
  plan: Pick<Plan, 'shardRuns'>,
  { direction }: Pick<Ranking, 'direction'>,
  around: (run: number) => Neighbourhood,
  limit: number,
): readonly Ranked[] {
  const leaders = rankedList(limit, direction);
  for (let run = 0; run < objective.length; run++) {
    if (accepted[run] === 0) continue;
    const value = around(run).robust;
    if (value === null) continue;
    leaders.offer(value, run, Math.floor(run / plan.shardRuns), run % plan.shardRuns);
  }
  return leaders.best();
}
