import type { RebalanceEvent } from '../contracts/rebalance-event.ts';
import { strategyByName } from '../strategies/catalog.ts';
import { importStrategy } from '../strategies/import-strategy.ts';
import type { Snap } from '../strategies/resolve-events.ts';
import type { Strategy } from '../strategies/strategy.ts';

/** A strategy of one's own that a deployment brought along. */
export interface StrategyModule {
  readonly name: string;
  /** sha256 of its sources, as `loadStrategy` gives it. */
  readonly codeSha256: string;
  /** Self-contained code for `importStrategy`. */
  readonly code: string;
}

/** Where a strategy comes from, as plain data that another thread or process can be sent. */
export type StrategySource =
  | { readonly kind: 'builtin'; readonly name: string }
  /** Events by the sha256 that stands for each file in the resolved spec. */
  | {
      readonly kind: 'instructions';
      readonly files: ReadonlyMap<string, readonly RebalanceEvent[]>;
      readonly snap: Snap;
    }
  /** The self-contained code of a module, and the sha256 of its sources. */
  | { readonly kind: 'module'; readonly code: string; readonly codeSha256: string };

/** Makes the strategy of a source; throws InvalidInputError as `strategyByName` and `importStrategy` do. */
export async function strategyOf(source: StrategySource): Promise<Strategy> {
  if (source.kind === 'builtin') return strategyByName(source.name);
  if (source.kind === 'instructions') return strategyByName('instructions', source.files, source.snap);
  return importStrategy(source.code, 'the strategy of the sweep');
}

/** The sha256 of the sources of a strategy of one's own; null for a built-in one. */
export function strategyCodeOf(source: StrategySource): string | null {
  return source.kind === 'module' ? source.codeSha256 : null;
}
