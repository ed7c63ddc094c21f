import { parentPort, workerData } from 'node:worker_threads';
import type { Plan } from '../../contracts/plan.ts';
import { type Bars, barsOver } from '../../core/bars.ts';
import type { LeaderReplay, ShardRows } from '../../sweep/ports.ts';
import { createShardEngine } from '../../sweep/shard-engine.ts';
import { type StrategySource, strategyCodeOf, strategyOf } from '../../sweep/strategy-source.ts';
import { readResolvedSpec } from '../../sweep/sweep-content.ts';
import type { FollowedRun } from '../../sweep/validation/follow-run.ts';
import { collectGarbage } from './heap.ts';

/** Bars as they travel to a thread. */
export type SharedBars = Pick<Bars, 'memory' | 'symbols' | 'length'>;

/** What a thread is given once; the bars are the memory of the thread that started it. */
export interface ShardWorkerData {
  readonly plan: Plan;
  /** The resolved spec, as in spec.json. */
  readonly spec: unknown;
  readonly bars: SharedBars;
  /** With those held back; null where none are. */
  readonly allBars: SharedBars | null;
  readonly strategy: StrategySource;
}

/** A run to be replayed, by the `params` of its row. */
export interface ReplayRequest {
  readonly params: string;
  readonly withParity: boolean;
}

/** What a thread is asked: to compute a shard, to replay runs, to follow one, or to free what shards took. */
export type ShardWorkerRequest =
  | { readonly shard: number; readonly into: ArrayBuffer }
  | { readonly runs: readonly ReplayRequest[] }
  | { readonly params: string; readonly at: readonly number[] }
  | 'rest';

/** What a thread answers: that it is ready for requests, then one message a request. */
export type ShardWorkerMessage =
  | 'ready'
  | { readonly rows: ShardRows }
  | { readonly replayed: readonly (LeaderReplay | null)[] }
  | { readonly followed: FollowedRun }
  | { readonly error: string };

/** What a shard leaves behind is some 70 kB that V8 took for long-lived, and would let grow to 30 MB: to free it takes 30 ms. */
const SHARDS_A_COLLECTION = 32;
let shards = 0;

// When a thread first gives memory away V8 lets go of all code compiled for typed arrays: here there is none yet.
structuredClone(null, { transfer: [new ArrayBuffer(0)] });

const { plan, spec, bars, allBars, strategy } = workerData as ShardWorkerData;
const shared = ({ memory, symbols, length }: SharedBars) => barsOver(memory, symbols, length);
const ranked = shared(bars);
const engine = createShardEngine(plan, {
  spec: readResolvedSpec(spec),
  bars: ranked,
  allBars: allBars ? shared(allBars) : ranked,
  strategy: await strategyOf(strategy),
  strategyCode: strategyCodeOf(strategy),
});
const answer = (message: ShardWorkerMessage, moved: ArrayBuffer[] = []) =>
  parentPort!.postMessage(message, moved);

/** null where the run cannot be replayed, since its strategy now fails. */
function replayOf({ params, withParity }: ReplayRequest): LeaderReplay | null {
  try {
    return engine.replay(params, withParity);
  } catch {
    return null;
  }
}

parentPort!.on('message', (request: ShardWorkerRequest) => {
  try {
    if (request === 'rest') {
      engine.rest();
      collectGarbage();
      return answer('ready');
    }
    if ('at' in request) return answer({ followed: engine.follow(request.params, request.at) });
    if ('runs' in request) return answer({ replayed: request.runs.map(replayOf) });
    const rows = engine.runShard(request.shard, undefined, request.into);
    answer({ rows }, [rows.bytes.buffer as ArrayBuffer]);
    if (++shards % SHARDS_A_COLLECTION === 0) collectGarbage();
  } catch (error) {
    answer({ error: error instanceof Error ? error.message : String(error) });
  }
});
answer('ready');
