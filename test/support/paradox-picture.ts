import type { Bars } from '../../src/core/bars.ts';
import type { VectorbtOutcome } from './vectorbt-cases.ts';

/** The months that the picture shows. */
const FROM = Date.UTC(2015, 10, 2);
const TO = Date.UTC(2016, 2, 1);
const [WIDTH, PANEL, LEFT, TOP] = [760, 170, 48, 44];
// Readable on white and on black alike.
const [GREY, BLUE, ORANGE] = ['#808080', '#3b82f6', '#ea580c'];

type Orders = VectorbtOutcome['orders'];

/** docs/paradox.svg: the same price twice, with what vectorbt bought and sold when an entry stands on every bar, and when on events only. */
export function paradoxPicture(bars: Bars, everyBar: Orders, onEvents: Orders): string {
  const shown = [...bars.times.keys()].filter((t) => bars.times[t]! >= FROM && bars.times[t]! < TO);
  const low = Math.min(...shown.map((t) => bars.low[t]!));
  const high = Math.max(...shown.map((t) => bars.high[t]!));
  const x = (t: number) => LEFT + ((t - shown[0]!) / (shown.length - 1)) * (WIDTH - LEFT - 16);
  const panel = (title: string, orders: Orders, top: number) => {
    const y = (price: number) => top + PANEL - ((price - low) / (high - low)) * PANEL;
    const at = (t: number, price: number) => `${x(t).toFixed(1)},${y(price).toFixed(1)}`;
    const visible = orders.filter(({ idx }) => idx >= shown[0]! && idx <= shown.at(-1)!);
    const marks = visible.map(({ idx, price, side }) => {
      const [cx, cy] = [x(idx), y(price)];
      const tip = side === 'buy' ? 6 : -6;
      const points = `${cx.toFixed(1)},${(cy - tip).toFixed(1)} ${(cx - 5).toFixed(1)},${(cy + tip).toFixed(1)} ${(cx + 5).toFixed(1)},${(cy + tip).toFixed(1)}`;
      return `<polygon points="${points}" fill="${side === 'buy' ? BLUE : ORANGE}"/>`;
    });
    const count = (side: string) => visible.filter((order) => order.side === side).length;
    return [
      `<text x="${LEFT}" y="${top - 10}" font-weight="bold">${title}: ${count('buy')} bought, ${count('sell')} sold</text>`,
      `<polyline points="${shown.map((t) => at(t, bars.close[t]!)).join(' ')}" fill="none" stroke="${GREY}" stroke-width="1.5"/>`,
      `<text x="${LEFT - 6}" y="${top + 4}" text-anchor="end">${high.toFixed(0)}</text>`,
      `<text x="${LEFT - 6}" y="${top + PANEL}" text-anchor="end">${low.toFixed(0)}</text>`,
      ...marks,
    ];
  };
  const second = TOP + PANEL + 50;
  const bottom = second + PANEL;
  const day = (t: number) => new Date(bars.times[t]!).toISOString().slice(0, 10);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 46}" font-family="sans-serif" font-size="13" fill="${GREY}" role="img">`,
    '<title>AAPL with a stop-loss of 5 %: an entry on every bar buys back after each stop, an entry on events does not</title>',
    ...panel('Entry on every bar', everyBar, TOP),
    ...panel('Entry on events (first day of a month)', onEvents, second),
    `<text x="${LEFT}" y="${bottom + 22}">${day(shown[0]!)}</text>`,
    `<text x="${WIDTH - 16}" y="${bottom + 22}" text-anchor="end">${day(shown.at(-1)!)}</text>`,
    `<text x="${WIDTH / 2}" y="${bottom + 38}" text-anchor="middle">AAPL close; <tspan fill="${BLUE}">▲ buy</tspan>, <tspan fill="${ORANGE}">▼ sell at the stop</tspan>; vectorbt 1.1.0</text>`,
    '</svg>',
  ].join('\n')}\n`;
}
