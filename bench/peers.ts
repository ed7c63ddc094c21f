import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fillModel } from '../src/core/fill-model.ts';
import type { InstructionMatrix } from '../src/core/instructions.ts';
import { productRun } from './product-run.ts';
import { type Scenario, scenarios } from './scenarios.ts';

/**
 * Our side of `npm run bench:peers`: `peers.mjs write DIR` writes the workloads for vectorbt; `peers.mjs serve` answers
 * the commands that `test/peers/vectorbt/bench.py` answers.
 */

/** Runs that one call of vectorbt simulates: what one process comfortably holds. */
const COPIES: Readonly<Record<string, number>> = {
  'A, no stops': 8,
  'B, a row on every bar': 4,
  'C, signals with stops': 8,
  'D, no stops': 2,
};

/** The scenarios that vectorbt can run too, under the fill model that is its own. */
function workloads(): Scenario[] {
  return scenarios()
    .filter(({ name }) => name in COPIES)
    .map((scenario) => ({ ...scenario, config: { ...scenario.config, fill: fillModel('vectorbt') } }));
}

function write(folder: string): void {
  const list = workloads().map(({ name, bars, matrix, config, signals }) => {
    const file = name.slice(0, 1);
    const put = (column: string, values: Float64Array | Uint8Array) =>
      writeFileSync(`${folder}/${file}.${column}.bin`, values);
    put('close', bars.close);
    if (signals) {
      for (const column of ['open', 'high', 'low'] as const) put(column, bars[column]);
      for (const column of ['entry', 'exit', 'shares'] as const) put(column, signals[column]);
    } else put('weights', denseWeights(matrix, bars.length, bars.symbols.length));
    const { cash, feeRate, slippage, stops } = config;
    return {
      name,
      file,
      kind: signals ? 'signals' : 'orders',
      assets: bars.symbols.length,
      bars: bars.length,
      copies: COPIES[name],
      freq: config.barsPerYear > 366 ? '1min' : '1D',
      cash,
      feeRate,
      slippage,
      ...(signals && { trailingStop: stops.trailingStop, takeProfit: stops.takeProfit }),
    };
  });
  writeFileSync(`${folder}/workloads.json`, JSON.stringify(list));
}

/** Target weights, asset after asset, NaN = maintain. */
function denseWeights(
  { rowBar, rowStart, cellAsset, cellWeight }: InstructionMatrix,
  length: number,
  assets: number,
) {
  const weights = new Float64Array(length * assets).fill(Number.NaN);
  rowBar.forEach((bar, row) => {
    for (let c = rowStart[row]!; c < rowStart[row + 1]!; c++)
      weights[cellAsset[c]! * length + bar] = cellWeight[c]!;
  });
  return weights;
}

function serve(name: string): void {
  const scenario = workloads().find((each) => each.name === name);
  if (!scenario) throw new Error(`unknown workload ${name}`);
  const run = productRun(scenario);
  const answer = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);
  answer({ ready: process.version });
  createInterface({ input: process.stdin }).on('line', (line) => {
    const [command, , , calls] = line.split('\t');
    if (command === 'check') return answer({ equity: run().equity.at(-1) });
    run();
    const from = process.cpuUsage();
    for (let i = 0; i < Number(calls); i++) run();
    const { user, system } = process.cpuUsage(from);
    answer({ micros: (user + system) / Number(calls) });
  });
}

const [, , mode, argument] = process.argv;
if (mode === 'write') write(argument!);
else serve(argument!);
