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

/** What a run is called: its resolved parameters as canonical JSON {fill, params, portfolio, stops} in UTF-8, and its id. */
export interface RunName {
  /** The column `params`, and all that `show` needs to replay the run; holds until the next run. */
  readonly params: Uint8Array;
  /** 32 hex digits of a sha256. */
  readonly id: string;
}

/**
 * Gives the name of one run after another, from its parameter set and the strategy's part of it as canonical JSON.
 *
 * The id depends on the run alone, not on the sweep: dataset, assets and period in use, strategy code, parameters, engine.
 * Instruction files enter by their parameter, which is a sha256. It is the hash of the parameters behind what never changes;
 * these are put together from bytes that runs share, since making a text of them took longer than the hash.
 */
export function runNames(
  { bars, ...identity }: RunIdentity,
  engine = ENGINE_DIGEST,
): (set: ParameterSet, params: string) => RunName {
  const context = canonicalJson({
    ...identity,
    engine,
    symbols: bars.symbols,
    bars: bars.length,
    from: bars.times[0] ?? null,
    to: bars.times[bars.length - 1] ?? null,
  });
  const prefix = Buffer.from(`${hash('sha256', context)}\n`);
  const fillBytes = groupSpelling('{"fill":', '');
  const portfolioBytes = groupSpelling(',"portfolio":', '');
  const stopsBytes = groupSpelling(',"stops":', '}');
  let latest: string | null = null;
  let paramsBytes: Uint8Array = prefix;
  let whole = Buffer.from(prefix);
  return (set, params) => {
    if (params !== latest) {
      latest = params;
      paramsBytes = Buffer.from(`,"params":${params}`);
    }
    const fill = fillBytes(set.fill);
    const portfolio = portfolioBytes(set.portfolio);
    const stops = stopsBytes(set.stops);
    const end = prefix.length + fill.length + paramsBytes.length + portfolio.length + stops.length;
    if (end > whole.length) {
      whole = Buffer.allocUnsafeSlow(2 * end);
      whole.set(prefix);
    }
    let at = prefix.length;
    whole.set(fill, at);
    at += fill.length;
    whole.set(paramsBytes, at);
    at += paramsBytes.length;
    whole.set(portfolio, at);
    at += portfolio.length;
    whole.set(stops, at);
    const id = hash('sha256', whole.subarray(0, end)).slice(0, ID_DIGITS);
    return { params: whole.subarray(prefix.length, end), id };
  };
}

/** Spellings of one group that are kept at most: as many as `parameterReader` keeps of the objects. */
const KEPT_SPELLINGS = 10_000;

/**
 * Spells one object after the other, mostly with the same members, whose values are scalars: canonical JSON between two
 * texts, in UTF-8. A member is spelled anew only where it differs from that of the run before.
 */
function groupSpelling(before: string, after: string): (group: object) => Uint8Array {
  const known = new Map<object, Uint8Array>(); // runs share the objects, see `parameterReader`
  let latest: object | null = null;
  let keys: readonly string[] = [];
  let members: { readonly key: string; readonly name: string; value: unknown; text: string }[] = [];
  let bytes: Uint8Array = new Uint8Array(0);
  return (group) => {
    if (group === latest) return bytes;
    const spelled = known.get(group);
    if (spelled !== undefined) return spelled;
    latest = null; // until it is spelled
    const values = group as Readonly<Record<string, unknown>>;
    const found = Object.keys(values);
    if (found.length !== keys.length || found.some((key, i) => key !== keys[i])) {
      keys = found;
      members = found
        .toSorted()
        .map((key) => ({ key, name: JSON.stringify(key), value: undefined, text: '' }));
    }
    let all = '';
    for (const member of members) {
      const value = values[member.key];
      if (!Object.is(value, member.value)) {
        member.text = value === undefined ? '' : `${member.name}:${canonicalJson(value)}`;
        member.value = value;
      }
      if (member.text !== '') all += all === '' ? member.text : `,${member.text}`;
    }
    bytes = Buffer.from(`${before}{${all}}${after}`);
    latest = group;
    if (known.size < KEPT_SPELLINGS) known.set(group, bytes);
    return bytes;
  };
}
