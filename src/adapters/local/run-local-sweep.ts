import type { Summary } from '../../contracts/summary.ts';
import type { Store } from '../../sweep/ports.ts';
import type { PreparedSweep } from '../../sweep/prepare-sweep.ts';
import { type RunSweepOptions, runSweep } from '../../sweep/run-sweep.ts';
import type { StrategySource } from '../../sweep/strategy-source.ts';
import { openWorkerPool, type WorkerPoolOptions } from './worker-pool.ts';

/**
 * Runs a prepared sweep on threads of this machine; see `runSweep` and `openWorkerPool` for what it gives and throws.
 *
 * @param source what the threads make their strategy from; the same as that of `prepared`
 */
export async function runLocalSweep(
  store: Store,
  prepared: PreparedSweep,
  source: StrategySource,
  options: RunSweepOptions & WorkerPoolOptions = {},
): Promise<Summary> {
  const { plan, spec, aggregate, inputs } = prepared;
  const { memory, symbols, length } = inputs.bars;
  const runner = openWorkerPool({ plan, spec, bars: { memory, symbols, length }, strategy: source }, options);
  try {
    return await runSweep(store, { spec, plan, runner, aggregate }, options);
  } finally {
    await runner.close();
  }
}
