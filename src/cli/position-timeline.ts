import type { Bars } from '../core/bars.ts';
import type { SimulationResult } from '../sweep/simulate.ts';
import { plural } from './format.ts';
import { day } from './run-text.ts';
import { levelOf } from './sparkline.ts';
import type { StoppedInterval } from './stopped-intervals.ts';

const STEPS = 60;
const ASSETS_SHOWN = 20;

/**
 * What was held over time, a line an asset: the height is the share of equity, × is stopped out, · is flat.
 *
 * Each character stands for what most of its bars were. Assets never held are left out; '' where nothing was held.
 *
 * @param width room of a line, in characters
 */
export function positionTimeline(
  bars: Bars,
  { positions, equity }: Pick<SimulationResult, 'positions' | 'equity'>,
  stopped: readonly StoppedInterval[],
  width: number,
): string {
  const { length, symbols, lastClose } = bars;
  const shares = symbols.map((symbol, a) =>
    positions[symbol]!.map((quantity, t) => (quantity * lastClose[a * length + t]! || 0) / equity[t]!),
  );
  const used = [...symbols.keys()].filter((a) => shares[a]!.some((share) => share !== 0));
  if (used.length === 0) return '';
  const most = Math.max(
    ...used.map((a) => shares[a]!.reduce((max, share) => Math.max(max, Math.abs(share)), 0)),
  );
  const label = Math.max(...used.map((a) => symbols[a]!.length));
  const steps = Math.max(1, Math.min(STEPS, length, width - label - 2));
  const lines = used.slice(0, ASSETS_SHOWN).map((a) => {
    const out = new Uint8Array(length);
    for (const { asset, fromBar, toBar } of stopped) if (asset === a) out.fill(1, fromBar, toBar ?? length);
    const step = (i: number) => {
      const [from, to] = [Math.floor((i * length) / steps), Math.floor(((i + 1) * length) / steps)];
      return stepText(shares[a]!.slice(from, to), out.subarray(from, to), most);
    };
    return `${symbols[a]!.padEnd(label)}  ${Array.from({ length: steps }, (_, i) => step(i)).join('')}`;
  });
  const [from, to] = [bars.times[0]!, bars.times[length - 1]!].map((time) =>
    day(new Date(time).toISOString()),
  );
  const scale = `${''.padEnd(label)}  ${`${from}`.padEnd(Math.max(0, steps - to!.length))}${to}`;
  const rest = used.length - ASSETS_SHOWN;
  if (rest > 0) lines.push(`and ${plural(rest, 'other asset')}`);
  return [...lines, scale].join('\n');
}

function stepText(shares: readonly number[], out: Uint8Array, most: number): string {
  const stopped = out.reduce((sum, flag) => sum + flag, 0);
  const held = shares.filter((share, i) => share !== 0 && out[i] === 0);
  const flat = shares.length - stopped - held.length;
  if (stopped > 0 && stopped >= held.length && stopped >= flat) return '×';
  if (held.length < flat || held.length === 0) return '·';
  const mean = held.reduce((sum, share) => sum + share, 0) / held.length;
  return mean < 0 ? '▾' : levelOf(mean, most);
}
