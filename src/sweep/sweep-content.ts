import { InvalidInputError } from '../contracts/errors.ts';
import { type SweepSpec, sweepSpec } from '../contracts/sweep-spec.ts';
import type { Bars } from '../core/bars.ts';
import { inferBarsPerYear } from '../core/metrics/infer-bars-per-year.ts';

/** The content that the paths of a sweep file name. */
export interface SweepContent {
  readonly datasetId: string;
  /** sha256 of the sources of a strategy of one's own; null for a built-in one. */
  readonly strategyCode: string | null;
  /** sha256 of the canonical instructions of each file, by the name the sweep file gives it. */
  readonly instructions: ReadonlyMap<string, string>;
}

/** How a resolved spec names a strategy of one's own. */
const moduleName = (codeSha256: string) => `module:${codeSha256}`;

/** The sha256 of the strategy of one's own that a resolved spec names; null where it names a built-in one. */
export function strategyCodeOfSpec({ strategy }: Pick<SweepSpec, 'strategy'>): string | null {
  return /^module:([0-9a-f]{64})$/.exec(strategy.name)?.[1] ?? null;
}

/**
 * The spec of a sweep with content in place of every path: what its id is taken from, and what spec.json holds.
 *
 * Guards that decide only whether it may start (maxRuns, maxCostUsd) are left out: they change no result.
 * InvalidInputError for an instruction file of the spec that `content` lacks.
 */
export function resolveSpec(spec: SweepSpec, content: SweepContent): unknown {
  const { maxRuns: _runs, maxCostUsd: _cost, ...rest } = spec;
  const { strategyCode, instructions, datasetId } = content;
  const params: Record<string, unknown> = { ...spec.strategy.params };
  if (spec.strategy.name === 'instructions' && params.file !== undefined) {
    params.file = Array.isArray(params.file)
      ? params.file.map((file) => contentOf(file, instructions))
      : contentOf(params.file, instructions);
  }
  const name = strategyCode === null ? spec.strategy.name : moduleName(strategyCode);
  return { ...rest, bars: datasetId, strategy: { name, params } };
}

function contentOf(file: unknown, instructions: ReadonlyMap<string, string>): string {
  const sha256 = instructions.get(String(file));
  if (sha256 !== undefined) return sha256;
  throw new InvalidInputError(
    `strategy.params.file: expected a file of instructions that was read, found ${JSON.stringify(file)}`,
  );
}

/** Reads a resolved spec back, from spec.json or another thread; what was checked once is not refused for its size. */
export function readResolvedSpec(resolved: unknown): SweepSpec {
  return sweepSpec.parse({ ...(resolved as object), maxRuns: 10_000_000 });
}

/** Bars per year of a sweep: as stated, else inferred from the bars. */
export function barsPerYearOf(spec: Pick<SweepSpec, 'barsPerYear'>, bars: Bars): number {
  return spec.barsPerYear ?? inferBarsPerYear(bars.times);
}
