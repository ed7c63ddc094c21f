import type { Scalar } from '../../contracts/axis.ts';
import type { Plan } from '../../contracts/plan.ts';
import type { ResultColumn } from '../../formats/results-parquet.ts';
import { inLanes } from '../lanes.ts';
import type { ShardRunner, Store } from '../ports.ts';
import { readShard } from '../read-shard.ts';
import type { FollowedRun } from './follow-run.ts';
import type { SwitchCosts } from './stitch.ts';
import type { Chosen, WindowChoices } from './window-choices.ts';

/** A run that some window or split chose. */
export interface ChosenRun {
  readonly run_id: string;
  /** As in its row. */
  readonly params: string;
  /** Its values by axis, named as their columns without `p_`. */
  readonly axes: Readonly<Record<string, Scalar>>;
  readonly costs: SwitchCosts;
  /** null where it can no longer be replayed. */
  readonly followed: FollowedRun | null;
}

/**
 * Reads the rows of all runs that were chosen, each once, and replays each once; by run index.
 *
 * @param columns of the results; the axes among them are told
 * @param at bars at whose close the weights are wanted, ascending
 */
export async function chosenRuns(
  store: Store,
  plan: Plan,
  columns: readonly ResultColumn[],
  { windows, splits }: WindowChoices,
  at: readonly number[],
  runner: Pick<ShardRunner, 'concurrency' | 'follow'>,
): Promise<ReadonlyMap<number, ChosenRun>> {
  const all = [...windows.map(({ chosen }) => chosen), ...splits].filter(
    (each): each is Chosen => each !== null,
  );
  const distinct = [...new Map(all.map((each) => [each.runIndex, each])).values()];
  distinct.sort((a, b) => a.runIndex - b.runIndex); // neighbours share their instructions
  const axes = columns.filter(({ name }) => name.startsWith('p_'));
  const wanted = columns.filter(
    ({ name }) => name === 'run_id' || name === 'params' || axes.some((a) => a.name === name),
  );
  const found = new Map<number, Omit<ChosenRun, 'followed'>>();
  let shard = -1;
  let rows: Awaited<ReturnType<typeof readShard>> = new Map();
  for (const chosen of distinct) {
    if (chosen.shard !== shard) rows = await readShard(store, plan, chosen.shard, wanted);
    shard = chosen.shard;
    const cell = (name: string) => rows.get(name)![chosen.row]!;
    const params = cell('params') as string;
    found.set(chosen.runIndex, {
      run_id: cell('run_id') as string,
      params,
      axes: Object.fromEntries(axes.map(({ name }) => [name.slice('p_'.length), nullable(cell(name))])),
      costs: (JSON.parse(params) as { portfolio: SwitchCosts }).portfolio,
    });
  }
  const followed = new Map<number, FollowedRun | null>();
  await inLanes(distinct, runner.concurrency, async ({ runIndex }) => {
    followed.set(runIndex, await runner.follow(found.get(runIndex)!.params, at));
  });
  return new Map([...found].map(([index, run]) => [index, { ...run, followed: followed.get(index)! }]));
}

const nullable = (value: Scalar) => (Number.isNaN(value) ? null : value);
