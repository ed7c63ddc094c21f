import { hash } from 'node:crypto';
import type { Bars } from '../core/bars.ts';
import { canonicalJson } from '../formats/canonical-json.ts';
import { ENGINE_DIGEST } from './engine-digest.ts';
import type { ParameterSet } from './grid.ts';

const ID_DIGITS = 32;

/**
 * The id of a sweep: 32 hex digits of the sha256 of its canonical spec, in which every path is replaced by the content
 * that it names, and of the engine digest. The same sweep has the same id everywhere; an edited strategy is another one.
 */
export function sweepIdOf(spec: unknown, engine = ENGINE_DIGEST): string {
  return hash('sha256', canonicalJson({ engine, spec })).slice(0, ID_DIGITS);
}

/** What a run depends on besides its parameters. */
export interface RunIdentity {
  readonly datasetId: string;
  readonly bars: Bars;
  readonly strategyName: string;
  /** sha256 of the sources of a strategy of one's own; null for a built-in one, whose code is in the engine digest. */
  readonly strategyCode: string | null;
  readonly barsPerYear: number;
  readonly riskFreeRate: number;
  readonly snap: 'none' | 'next';
}

/**
 * Gives the id of a run from the canonical JSON of its resolved parameters: 32 hex digits of a sha256.
 *
 * It depends on the run alone, not on the sweep: dataset, assets and period in use, strategy code, parameters, engine.
 * Instruction files enter by their parameter, which is a sha256. What never changes is spelled once, so that a call
 * costs one hash.
 */
export function runIds(
  { bars, ...identity }: RunIdentity,
  engine = ENGINE_DIGEST,
): (params: string) => string {
  const context = canonicalJson({
    ...identity,
    engine,
    symbols: bars.symbols,
    bars: bars.length,
    from: bars.times[0] ?? null,
    to: bars.times[bars.length - 1] ?? null,
  });
  const prefix = hash('sha256', context);
  return (params) => hash('sha256', `${prefix}\n${params}`).slice(0, ID_DIGITS);
}

/**
 * Gives the resolved parameters of a run as canonical JSON {fill, params, portfolio, stops}: the column `params`, and
 * all that `show` needs to replay it. `params` is the strategy's part as canonical JSON.
 *
 * A group is spelled anew only where a member differs from that of the run before: spelling a whole one costs more than
 * the hash.
 */
export function parameterSpelling(): (set: ParameterSet, params: string) => string {
  const [fillText, portfolioText, stopsText] = [groupSpelling(), groupSpelling(), groupSpelling()];
  return ({ fill, portfolio, stops }, params) =>
    `{"fill":${fillText(fill)},"params":${params},"portfolio":${portfolioText(portfolio)},"stops":${stopsText(stops)}}`;
}

/** Spellings of one group that are kept at most. */
const KEPT_SPELLINGS = 2_000;

/** Canonical JSON of one object after the other, mostly with the same members, whose values are scalars. */
function groupSpelling(): (group: object) => string {
  const known = new Map<object, string>(); // runs share the objects, see `parameterReader`
  let latest: object | null = null;
  let keys: readonly string[] = [];
  let members: { readonly key: string; value: unknown; text: string }[] = [];
  let text = '';
  return (group) => {
    if (group === latest) return text;
    const spelled = known.get(group);
    if (spelled !== undefined) return spelled;
    latest = null; // until it is spelled
    const values = group as Readonly<Record<string, unknown>>;
    const found = Object.keys(values);
    if (found.length !== keys.length || found.some((key, i) => key !== keys[i])) {
      keys = found;
      members = found.toSorted().map((key) => ({ key, value: undefined, text: '' }));
    }
    let all = '';
    for (const member of members) {
      const value = values[member.key];
      if (!Object.is(value, member.value)) {
        member.text = canonicalJson({ [member.key]: value }).slice(1, -1);
        member.value = value;
      }
      if (member.text !== '') all += all === '' ? member.text : `,${member.text}`;
    }
    text = `{${all}}`;
    latest = group;
    if (known.size < KEPT_SPELLINGS) known.set(group, text);
    return text;
  };
}
