// Draws docs/pictures/instructions.svg: the same three assets under the legacy dense matrix and under sparse instructions,
// as both were simulated. Needs dist/.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { allocateBars, finishBars } from '../dist/core/bars.js';
import { runEvents } from '../dist/core/event-engine.js';
import { fillModel } from '../dist/core/fill-model.js';
import { instructionMatrix } from '../dist/core/instructions.js';
import { dailyInstructions, denseTargets } from '../dist/core/legacy-dense.js';

const DAY = 86_400_000;
const SYMBOLS = ['A', 'B', 'C'];
/** Open and close of each bar; B falls through its stop on bar 3. */
const CLOSES = [
  [100, 101, 102, 101, 103, 104, 103, 105, 106, 107],
  [50, 50, 49, 44, 45, 46, 46, 47, 48, 48],
  [20, 20, 21, 21, 20, 21, 22, 22, 21, 22],
];
const EVENTS = [
  { bar: 0, weights: [0.5, 0.3, 0.2] },
  { bar: 6, weights: [0.4, 0.3, Number.NaN] },
];
const STOP_LOSS = 0.08;

/** What each cell says and what is held at each close, of the dense or the sparse form of the same schedule. */
function simulated(dense) {
  const length = CLOSES[0].length;
  const bars = allocateBars(SYMBOLS, length);
  for (let t = 0; t < length; t++) bars.times[t] = t * DAY;
  CLOSES.forEach((closes, a) => {
    closes.forEach((close, t) => {
      bars.open[a * length + t] = closes[Math.max(0, t - 1)];
      bars.close[a * length + t] = close;
    });
  });
  finishBars(bars);
  const sparse = instructionMatrix(EVENTS);
  const matrix = dense ? dailyInstructions(denseTargets(sparse, length, SYMBOLS.length, true)) : sparse;
  const config = {
    cash: 100_000,
    feeRate: 0,
    fixedFee: 0,
    slippage: 0,
    maxLeverage: 1,
    lotSize: 0,
    minSize: 1e-8,
    minNotional: 0,
    barsPerYear: 252,
    riskFreeRate: 0,
    fill: fillModel('realistic'),
    stops: { stopLoss: STOP_LOSS, trailingStop: Number.NaN, takeProfit: Number.NaN },
  };
  const { log, ledger } = runEvents(bars, matrix, config);
  const held = CLOSES.map((closes) => closes.map(() => false));
  const positions = [0, 0, 0];
  const stops = [];
  for (let t = 0, i = 0; t < length; t++) {
    for (; i < log.fills && log.bar[i] === t; i++) {
      const asset = log.asset[i];
      positions[asset] += log.quantity[i];
      if (log.reason[i] >= 2) stops.push([t, asset]);
    }
    positions.forEach((position, a) => {
      held[a][t] = Math.abs(position) > 1e-6;
    });
  }
  const said = CLOSES.map((closes) => closes.map(() => null));
  matrix.rowBar.forEach((bar, r) => {
    for (let c = matrix.rowStart[r]; c < matrix.rowStart[r + 1]; c++)
      said[matrix.cellAsset[c]][bar] = matrix.cellWeight[c];
  });
  return { held, said, stops, orders: ledger.totals.orders };
}

const W = 46;
const H = 30;
const LEFT = 40;

function panel(title, note, { held, said, stops }, top) {
  const text = (x, y, words, extra = '') => `<text x="${x}" y="${y}"${extra}>${words}</text>`;
  const parts = [text(0, top, title, ' class="title"'), text(0, top + 18, note, ' class="note"')];
  const from = top + 44;
  held[0].forEach((_, t) => {
    parts.push(text(LEFT + t * W + W / 2, from - 8, t, ' class="note" text-anchor="middle"'));
  });
  SYMBOLS.forEach((symbol, a) => {
    const y = from + a * H;
    parts.push(text(14, y + H / 2 + 5, symbol));
    held[a].forEach((isHeld, t) => {
      const x = LEFT + t * W;
      const stopped = stops.some(([bar, asset]) => bar === t && asset === a);
      const kind = stopped ? 'stopped' : isHeld ? 'held' : 'flat';
      parts.push(
        `<rect x="${x + 1}" y="${y + 1}" width="${W - 2}" height="${H - 2}" rx="3" class="${kind}"/>`,
      );
      const weight = said[a][t];
      const words = weight === null ? '·' : `${Math.round(weight * 100)} %`;
      const kindOf = weight === null ? 'maintain' : 'said';
      parts.push(text(x + W / 2, y + H / 2 + 4, words, ` class="${kindOf}" text-anchor="middle"`));
      if (stopped) parts.push(text(x + W - 11, y + 11, '×', ' class="mark"'));
    });
  });
  return parts.join('\n');
}

/** The picture as text. */
export function instructionsPicture() {
  const dense = simulated(true);
  const sparse = simulated(false);
  const back = dense.held[1].findIndex((isHeld, t) => t > dense.stops[0][0] && isHeld);
  const width = LEFT + W * CLOSES[0].length + 4;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -18 ${width} 366" width="${width}" role="img" aria-labelledby="t d">
<title id="t">One schedule, dense and sparse</title>
<desc id="d">A dense matrix repeats every weight on every bar: asset B, stopped out on bar ${dense.stops[0][0]}, is bought back on bar ${back}, and drift is
traded daily: ${dense.orders} orders. Sparse instructions name an asset only when something changes: B stays out until the event on bar 6, ${sparse.orders} orders.</desc>
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2430 } .title { font-weight: 600; font-size: 15px } .note { fill: #5c6470; font-size: 12px }
.held { fill: #cfe3f7 } .flat { fill: #f1f2f4 } .stopped { fill: #f4c7c3 } .maintain { fill: #8a919c } .said { font-weight: 600 } .mark { fill: #a11; font-weight: 700 }
@media (prefers-color-scheme: dark) {
text { fill: #e6e8ec } .note { fill: #a3abb8 } .held { fill: #1f4a73 } .flat { fill: #2a2e37 } .stopped { fill: #7a2c2c } .maintain { fill: #858d9a } .mark { fill: #ff9d94 } }
</style>
${panel('Dense matrix: every cell is an order', `B is stopped out on bar ${dense.stops[0][0]} (×) and bought back on bar ${back}; ${dense.orders} orders in all`, dense, 0)}
${panel('Sparse instructions: · means maintain', `B stays out until an event names it (bar 6, filled at the next open); ${sparse.orders} orders in all`, sparse, 176)}
<text x="0" y="338" class="note">columns are bars; blue: held at the close; grey: not held; red: stop-loss (8 %)</text>
</svg>
`;
}

/** Where the picture lies. */
export const INSTRUCTIONS_PICTURE = new URL('../docs/pictures/instructions.svg', import.meta.url);

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(INSTRUCTIONS_PICTURE, instructionsPicture());
