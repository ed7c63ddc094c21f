import type { Planned } from '../adapters/http/api-answers.ts';
import type { CostBound, CostEstimate } from '../sweep/estimate-cost.ts';
import { bytes, duration, fixed, plural, shortId } from './format.ts';

/** Dollars with as many digits as it takes to tell them from nothing: $0.0042, $12.30. */
export function dollars(usd: number): string {
  const decimals = usd >= 1 || usd === 0 ? 2 : Math.min(8, 1 - Math.floor(Math.log10(usd)));
  return `$${fixed(usd, Math.max(2, decimals))}`;
}

const itemised = ({ totalUsd, computeUsd, barLoadingUsd, requestsUsd }: CostBound) =>
  `${dollars(totalUsd)}: compute ${dollars(computeUsd)}, loading bars ${dollars(barLoadingUsd)}, requests ${dollars(requestsUsd)}`;

/** What a sweep is estimated to take in the cloud, as named lines. */
export function costLines({ expected, worst, ...cost }: CostEstimate): [name: string, text: string][] {
  return [
    ['cloud time', `about ${duration(expected.wallSeconds)}; at worst ${duration(worst.wallSeconds)}`],
    ['cloud cost', `about ${itemised(expected)}`],
    ['at worst', `${itemised(worst)} (every try of every shard fails at its time limit)`],
    [
      'storage',
      `${bytes(cost.resultBytes)}, ${dollars(cost.storageUsdPerMonth)} per month; prices of ${cost.pricesAsOf}`,
    ],
  ];
}

/** What a stack planned for a sweep, line by line; `next` are commands to go on with. */
export function plannedText(
  { sweepId, runs, shards, shardRuns, assets, bars, cost }: Planned,
  next?: string,
): string {
  const lines = [
    ['sweep', shortId(sweepId)],
    ['runs', `${plural(runs, 'run')} in ${plural(shards, 'shard')} of up to ${plural(shardRuns, 'run')}`],
    ['bars', `${plural(assets, 'asset')} × about ${plural(bars, 'bar')}`],
    ...costLines(cost),
    ...(next === undefined ? [] : [['go on with', next]]),
  ];
  return lines.map(([name, text]) => `${name!.padEnd(11)} ${text}`).join('\n');
}
