// Signals on 25 years of real prices, ragged listings and holes included, against the same rules in SQL.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { importBars } from '../../src/adapters/local/import-bars.ts';
import type { Bars } from '../../src/core/bars.ts';
import { joinBars } from '../../src/formats/join-bars.ts';
import { momentum } from '../../src/strategies/momentum.ts';
import { smaTrend } from '../../src/strategies/sma-trend.ts';
import type { StrategyEvent } from '../../src/strategies/strategy.ts';
import { duckdb } from '../support/duckdb.ts';
import { plainRows } from './support.ts';

const FILE = fileURLToPath(
  new URL('../../../shared/data/equities-daily-ohlc/us_adjusted.csv.gz', import.meta.url),
);

// Impossible bars are dropped on both sides; `last` is the close carried forward over the shared days.
const GRID = `
  WITH raw AS (
    SELECT symbol, ts::DATE AS day, close FROM read_csv('${FILE}')
    WHERE high >= greatest(open, close, low) AND low <= least(open, close, high)
  ), days AS (SELECT day, row_number() OVER (ORDER BY day) - 1 AS t FROM (SELECT DISTINCT day FROM raw)
  ), grid AS (
    SELECT symbol, t, day, close, last_value(close IGNORE NULLS) OVER (PARTITION BY symbol ORDER BY t) AS last
    FROM (SELECT DISTINCT symbol FROM raw) CROSS JOIN days LEFT JOIN raw USING (symbol, day)
  )`;

function cellsOf(events: readonly StrategyEvent[], bars: Bars): [number, string, number][] {
  return plainRows(events, bars).flatMap(({ bar, weights }) =>
    weights.flatMap((weight, a): [number, string, number][] =>
      weight === null ? [] : [[bar, bars.symbols[a]!, weight]],
    ),
  );
}

describe.runIf(existsSync(FILE))('on real daily prices', () => {
  let bars: Bars;
  beforeAll(async () => {
    const { symbols } = await importBars([FILE], { onBadBar: 'drop' });
    bars = joinBars(symbols);
  });

  it('sma-trend instructs on the days on which SQL sees the close cross its average', async () => {
    const crossings = await duckdb(`${GRID}, averages AS (
        SELECT *, avg(last) OVER w AS mean, count(last) OVER w AS n FROM grid
        WINDOW w AS (PARTITION BY symbol ORDER BY t ROWS 99 PRECEDING)
      ), signals AS (SELECT *, close > mean AS up FROM averages WHERE n = 100 AND close IS NOT NULL
      ), changes AS (SELECT *, lag(up, 1, false) OVER (PARTITION BY symbol ORDER BY t) AS was FROM signals)
      SELECT t::INTEGER, symbol, CASE WHEN up THEN 1.0::DOUBLE / 49 ELSE 0 END FROM changes WHERE up <> was ORDER BY t, symbol`);
    const params = smaTrend.params.parse({ window: 100 });
    expect(crossings.length).toBeGreaterThan(10_000);
    expect(cellsOf(smaTrend.events(bars, params), bars)).toEqual(crossings);
  });

  it('momentum holds what SQL ranks highest on the first day of each month', async () => {
    const ranks = await duckdb(`${GRID}, growth AS (
        SELECT *, lag(last, 21) OVER w / lag(last, 21 + 126) OVER w AS growth FROM grid
        WINDOW w AS (PARTITION BY symbol ORDER BY t)
      ), decisions AS (SELECT min(t) AS t FROM days GROUP BY date_trunc('month', day)
      ), ranked AS (
        SELECT *, row_number() OVER (PARTITION BY t ORDER BY growth DESC, symbol) AS place
        FROM growth JOIN decisions USING (t) WHERE close IS NOT NULL AND growth IS NOT NULL
      )
      SELECT t::INTEGER, symbol, CASE WHEN place <= 4 THEN 0.25::DOUBLE ELSE 0 END FROM ranked WHERE t >= 147 ORDER BY t, symbol`);
    const params = momentum.params.parse({ lookback: 126, skip: 21, top: 4 });
    expect(ranks.length).toBeGreaterThan(10_000);
    expect(cellsOf(momentum.events(bars, params), bars)).toEqual(ranks);
  });
});
