import { parentPort, workerData } from 'node:worker_threads';
import type { Plan } from '../../contracts/plan.ts';
import { type BarsMemory, barsOver } from '../../core/bars.ts';
import type { LeaderReplay, ShardRows } from '../../sweep/ports.ts';
import { createShardEngine } from '../../sweep/shard-engine.ts';
import { type StrategySource, strategyCodeOf, strategyOf } from '../../sweep/strategy-source.ts';
import { readResolvedSpec } from '../../sweep/sweep-content.ts';

/** What a thread is given once; the bars are the memory of the thread that started it. */
export interface ShardWorkerData {
  readonly plan: Plan;
  /** The resolved spec, as in spec.json. */
  readonly spec: unknown;
  readonly bars: {
    readonly memory: BarsMemory;
    readonly symbols: readonly string[];
    readonly length: number;
  };
  readonly strategy: StrategySource;
}

/** What a thread is asked: to compute a shard, or to replay a run. */
export type ShardWorkerRequest =
  | { readonly shard: number }
  | { readonly params: string; readonly withParity: boolean };

/** What a thread answers: that it is ready, then one message a request. */
export type ShardWorkerMessage =
  | 'ready'
  | { readonly rows: ShardRows }
  | { readonly replayed: LeaderReplay }
  | { readonly error: string };

const { plan, spec, bars, strategy } = workerData as ShardWorkerData;
const engine = createShardEngine(plan, {
  spec: readResolvedSpec(spec),
  bars: barsOver(bars.memory, bars.symbols, bars.length),
  strategy: await strategyOf(strategy),
  strategyCode: strategyCodeOf(strategy),
});
const answer = (message: ShardWorkerMessage, moved: ArrayBuffer[] = []) =>
  parentPort!.postMessage(message, moved);

parentPort!.on('message', (request: ShardWorkerRequest) => {
  try {
    if ('params' in request) return answer({ replayed: engine.replay(request.params, request.withParity) });
    const rows = engine.runShard(request.shard);
    answer({ rows }, [rows.bytes.buffer as ArrayBuffer]);
  } catch (error) {
    answer({ error: error instanceof Error ? error.message : String(error) });
  }
});
answer('ready');
