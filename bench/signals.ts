import type { Bars } from '../src/core/bars.ts';
import { runEvents } from '../src/core/event-engine.ts';
import { type InstructionMatrix, type InstructionRow, instructionMatrix } from '../src/core/instructions.ts';
import type { RunConfig } from '../src/core/run-config.ts';
import { randomStream } from '../test/support/random.ts';

/** Entries and exits at closes; all [N·T], asset after asset. */
export interface Signals {
  readonly entry: Uint8Array;
  readonly exit: Uint8Array;
  /** Shares that an entry buys: an equal part of the initial cash at that close. */
  readonly shares: Float64Array;
}

/** An asset enters on every 20th of its bars and exits on every 50th, at random, never both. */
export function randomSignals(bars: Bars, cash: number, seed: number): Signals {
  const random = randomStream(seed);
  const cells = bars.close.length;
  const signals = {
    entry: new Uint8Array(cells),
    exit: new Uint8Array(cells),
    shares: new Float64Array(cells),
  };
  for (let i = 0; i < cells; i++) {
    const drawn = random();
    if (drawn < 0.05) signals.entry[i] = 1;
    else if (drawn < 0.07) signals.exit[i] = 1;
    signals.shares[i] = (0.95 * cash) / bars.symbols.length / bars.close[i]!;
  }
  return signals;
}

/**
 * The instructions that a portfolio with these signals decides: an entry while flat targets its shares, an exit while
 * held flattens, everything else maintains. Weights depend on the equity of the close, so the event engine decides them.
 */
export function signalMatrix(
  bars: Bars,
  { entry, exit, shares }: Signals,
  config: RunConfig,
): InstructionMatrix {
  const assets = bars.symbols.length;
  const nothing = new Float64Array(assets).fill(Number.NaN);
  const everyBar = Array.from({ length: bars.length }, (_, bar) => ({ bar, weights: nothing }));
  const rows: InstructionRow[] = [];
  runEvents(bars, instructionMatrix(everyBar), config, {
    onRebalance(bar, _, portfolio) {
      const weights = new Float64Array(assets).fill(Number.NaN);
      for (let asset = 0; asset < assets; asset++) {
        const i = asset * bars.length + bar;
        const held = portfolio.position(asset) !== 0;
        if (entry[i] === 1 && !held) weights[asset] = (shares[i]! * bars.close[i]!) / portfolio.equity();
        if (exit[i] === 1 && held) weights[asset] = 0;
      }
      const cells = [];
      for (let asset = 0; asset < assets; asset++) {
        if (!Number.isNaN(weights[asset]))
          cells.push({ asset, weight: weights[asset]!, ...config.stops, isEvent: true });
      }
      if (cells.length > 0) rows.push({ bar, weights });
      return cells;
    },
  });
  return instructionMatrix(rows);
}
