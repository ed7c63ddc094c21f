// The pages of docs/ that are made from the code, so that they cannot disagree with it. Needs dist/.
import { readFileSync } from 'node:fs';
import { Document, isCollection, isMap, isScalar, visit } from 'yaml';
import { z } from 'zod';
import { count } from '../dist/cli/format.js';
import { valuesText } from '../dist/cli/values-text.js';
import { sweepJsonSchema } from '../dist/contracts/json-schema.js';
import { summarySchema } from '../dist/contracts/summary.js';
import { METRICS } from '../dist/core/metrics/catalog.js';
import { STRATEGIES } from '../dist/strategies/catalog.js';
import { DEFAULT_DEPLOYMENT, estimateCost } from '../dist/sweep/estimate-cost.js';
import { planOf, runSeconds } from '../dist/sweep/plan.js';
import { LIST_PRICES } from '../dist/sweep/prices.js';

const NOTE = '<!-- Made by `npm run docs` from the code; do not edit. -->';

/** Every generated page by its file name. */
export function generatedPages() {
  return {
    'sweep-file.md': sweepFilePage(),
    'strategies.md': strategiesPage(),
    'metrics.md': metricsPage(),
    'openapi.yaml': openApi(),
    'deploy.md': deployPage(),
  };
}

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (value) => (value === undefined ? '' : `\`${JSON.stringify(value)}\``);

function rows(properties, required = []) {
  return Object.entries(properties).map(([name, schema]) => {
    const standard =
      required.includes(name) && schema.default === undefined ? 'required' : code(schema.default);
    return `| \`${name}\` | ${cell(valuesText(schema))} | ${standard} | ${cell(schema.description ?? '')} |`;
  });
}

const HEAD = '| Field | Values | Default | |\n|---|---|---|---|';

/** The alternative of a field that is an object with fields of its own. */
const fieldsOf = (schema) =>
  schema.properties
    ? schema
    : schema.anyOf?.find((one) => one.properties && !one.properties.step && one.title !== 'range');

/** Fields that have fields, by path; those of a group follow it. */
const groupsOf = (properties, path = '') =>
  Object.entries(properties)
    .map(([name, field]) => [`${path}${name}`, fieldsOf(field)])
    .filter(([, fields]) => fields)
    .flatMap(([name, fields]) => [[name, fields], ...groupsOf(fields.properties, `${name}.`)]);

function sweepFilePage() {
  const schema = sweepJsonSchema();
  const groups = groupsOf(schema.properties);
  const sections = groups.map(
    ([name, fields]) => `## \`${name}\`\n\n${HEAD}\n${rows(fields.properties, fields.required).join('\n')}`,
  );
  return `${NOTE}

# The sweep file

YAML or JSON. Unknown fields are refused with the nearest known name. \`backsweep schema > sweep.schema.json\` and a first line
\`# yaml-language-server: $schema=./sweep.schema.json\` make editors complete and check it.

Where a table says *swept*, the field takes one value or several, and several make an **axis** of the grid: a list
\`[1, 2, 5]\`, or a range \`{from: 20, to: 240, step: 20}\`, which is computed in decimal and includes \`to\` where it is reached
exactly. Strategy axes vary slowest. A grid has at most 16 axes of at most 10,000 values each; it is never listed, so that it may be
far larger than the runs that a \`sample\` draws of it.

\`conditions\` and \`constraints\` are expressions in [CEL](https://cel.dev): conditions over \`params\`, \`stops\`, \`portfolio\` and
\`fill\` choose runs before anything runs; constraints over [metrics](metrics.md) filter the leaderboard and keep the rows.

${HEAD}
${rows(schema.properties, schema.required).join('\n')}

${sections.join('\n\n')}

What each fill field means: [semantics](semantics.md#the-fill-model). What a validation does: [validation](validation.md).
`;
}

function strategiesPage() {
  const sections = STRATEGIES.map(({ name, description, params }) => {
    const schema = z.toJSONSchema(params, { io: 'input' });
    const table = rows(schema.properties ?? {}, schema.required);
    return `## ${name}\n\n${description}.\n\n${HEAD.replace('Field', 'Parameter')}\n${table.join('\n')}`;
  });
  return `${NOTE}

# Strategies

A strategy decides at the close of a bar and speaks in rebalance events; fills follow by the fill model. Each parameter may be an axis
([sweep file](sweep-file.md)). It sees the bars up to the one it decides on; a test cuts the future off and compares.
A strategy of your own is one file: [in ten minutes](own-strategy.md).

${sections.join('\n\n')}
`;
}

/** Formula and null rule of each metric that is more than a count; all are tested against other sources. */
const FORMULAS = {
  total_return: ['(E − C) / C', 'never'],
  cagr: ['(E / C)^(A / n) − 1', 'E ≤ 0'],
  volatility: ['s · √A', 'n < 2'],
  sharpe: ['(m − r_f / A) / s · √A', 's = 0 or n < 2'],
  sortino: ['(m − r_f / A) / √(Σ min(r, 0)² / n) · √A', 'no loss or n < 2'],
  max_drawdown: ['min over t of e_t / max(C, e_0 … e_t) − 1', 'never'],
  max_drawdown_bars: ['bars from that peak until it is regained, or to the end', 'never'],
  calmar: ['cagr / |max_drawdown|', 'no drawdown or no cagr'],
  omega: ['Σ max(r, 0) / Σ max(−r, 0)', 'no loss'],
  skewness: ['√(n(n − 1)) / (n − 2) · m₃ / m₂^1.5', 's = 0 or n < 3'],
  excess_kurtosis: ['(n − 1) / ((n − 2)(n − 3)) · ((n + 1)(m₄ / m₂² − 3) + 6)', 's = 0 or n < 4'],
  final_equity: ['E', 'never'],
  win_rate: ['round trips with a result > 0 / round trips', 'no round trip'],
  profit_factor: ['Σ results > 0 / |Σ results < 0| of round trips', 'no losing round trip'],
  turnover: ['Σ|q · fill price| / 2 / mean(e) / (n / A)', 'mean equity ≤ 0'],
  exposure: ['bars with a position at the close / n', 'no bars'],
  fees: ['Σ (|q| · fill price · feeRate + fixedFee)', 'never'],
  slippage_paid: ['Σ |q| · |fill price − unslipped price|', 'never'],
  smallest_scale: ['min λ over batches', 'never'],
  max_gross_leverage: ['max over t of Σ|position · last close| / e_t', 'never'],
};

function metricsPage() {
  const table = METRICS.map(({ name, unit, direction, description }) => {
    const [formula, isNull] =
      FORMULAS[name] ?? (unit === 'count' || unit === 'bars' ? ['counted', 'never'] : []);
    if (!formula) throw new Error(`metric ${name}: expected a formula for its page, found none`);
    const better = { higher: '↑', lower: '↓', none: '' }[direction];
    return `| \`${name}\` | ${unit.replaceAll('_', ' ')} | ${better} | ${cell(formula)} | ${isNull} | ${cell(description)} |`;
  });
  return `${NOTE}

# Metrics

Each run has all of these, in \`runs\` under these names; any can be the \`objective\`, rank in \`top --by\`, and stand in
\`constraints\`. An arrow says which end is better; without one, ranking is highest first.

C is the initial cash, e_t the equity at the close of bar t, E the last of them, n the number of bars,
r_t = (e_t − e_{t−1}) / |e_{t−1}| with e_{−1} = C, m their mean, s their standard deviation (ddof 1), m_k = Σ(r − m)^k / n, A the bars
per year (\`barsPerYear\`, else inferred: 252 trading days, or 365 where there are bars on all days of the week, times the bars of a day),
r_f the \`riskFreeRate\`, q the quantity of a fill. An undefined metric is null, never infinite.

| Metric | Unit | | Formula | Null where | |
|---|---|---|---|---|---|
${table.join('\n')}

Leaders and single runs (\`show\`, \`simulate\`) also have \`var_5\`, the 5 % quantile of the returns with linear interpolation, and
\`cvar_5\`, the mean of the returns at or below it.

Sharpe, Sortino, Calmar, Omega and the annual figures are those of empyrical and vectorbt; skewness and kurtosis those of pandas. For
r = 0, .01, −.02, .015, .005, −.01, .02 and A = 365: Sharpe 3.871326454860484, Sortino 6.4586597459756, Omega 1.6666666666666667, volatility
0.26937979915070875 (\`test/core/metrics\`).
`;
}

/** A file of docs/ with what stands between two marks made anew. */
function between(name, begin, end, made) {
  const written = readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8');
  const [head, tail] = [written.indexOf(begin), written.indexOf(end)];
  if (head < 0 || tail < head) throw new Error(`${name}: expected the marks ${begin} and ${end}`);
  return written.slice(0, head + begin.length) + made + written.slice(tail);
}

const COSTS = { bars: 2_520, assets: 50, runs: [1_000, 100_000, 1_000_000, 10_000_000] };

/** What sweeps cost by the constants of the version; the rest of the page is written by hand. */
function deployPage() {
  const usd = (value) => `$${Number(value.toPrecision(2))}`;
  const { bars, assets } = COSTS;
  const table = COSTS.runs.map((runs) => {
    const ids = { sweepId: '0'.repeat(32), engine: '0'.repeat(64) };
    const plan = planOf({ ...ids, runs, bars, assets, parity: 'auto' });
    const { expected, storageUsdPerMonth } = estimateCost(plan, DEFAULT_DEPLOYMENT);
    const { computeUsd, barLoadingUsd, requestsUsd, totalUsd } = expected;
    const parts = [computeUsd, barLoadingUsd, requestsUsd, totalUsd, storageUsdPerMonth].map(usd);
    return `| ${[count(runs), count(plan.shards), ...parts].join(' | ')} |`;
  });
  const text = `List prices of us-east-1 as of ${LIST_PRICES.asOf}, by the constants of the version, for ${count(bars)} bars of ${assets} assets (a run takes
${(1_000 * runSeconds(bars, assets)).toFixed(2)} ms) on up to ${DEFAULT_DEPLOYMENT.maxConcurrency} workers, parity auto.

| Runs | Shards | Compute | Cold workers loading bars | Requests | Total | Storage a month |
|---|---|---|---|---|---|---|
${table.join('\n')}
`;
  const [begin, end] = ['<!-- costs: made by npm run docs from the code -->\n', '<!-- end of costs -->\n'];
  return between('deploy.md', begin, end, text);
}

/** What an API tells of a finished sweep, in the words of its schema: the rest of the description is written by hand. */
function openApi() {
  const { $schema: _, ...schema } = z.toJSONSchema(summarySchema, { io: 'input' });
  schema.description = 'final/{id}/g{n}/summary.json: what a generation of a sweep ended with.';
  const document = new Document({ Summary: withoutBounds(schema) }, { aliasDuplicateObjects: false });
  visit(document, {
    Collection(_, node) {
      node.flow = isLeaf(node);
    },
  });
  const lines = document.toString({ lineWidth: 110 }).replace(/^(?=.)/gm, '    ');
  const begin = '    # Made by `npm run docs` from the schema of the summary; do not edit.\n';
  return between('openapi.yaml', begin, '    # End of what is made.\n', lines);
}

/** Without the bound that zod states of every whole number: that of numbers that a double counts. */
function withoutBounds(node) {
  if (Array.isArray(node)) return node.map(withoutBounds);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([name, value]) => !(name === 'maximum' && value === Number.MAX_SAFE_INTEGER))
      .map(([name, value]) => [name, withoutBounds(value)]),
  );
}

/** A schema or list without anything below it: written on one line. */
const isLeaf = (node) =>
  node.items.every((item) => {
    const value = isMap(node) ? item.value : item;
    return isScalar(value) || (isCollection(value) && value.items.every(isScalar));
  });
