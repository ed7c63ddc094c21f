import { describe, expect, it } from 'vitest';
import { REASONS } from '../../src/core/execution/stops.ts';
import { FILL_MODEL_VALUES, type FillModel } from '../../src/core/fill-model.ts';
import { changesStopsWhileHeld, nautilusCases } from '../support/nautilus-cases.ts';
import { readGolden } from '../support/nautilus-golden.ts';
import { NO_DIFFERENCES, nautilusDifference, runOurs } from '../support/nautilus-match.ts';
import { NAUTILUS_RULES } from '../support/nautilus-rules.ts';

describe('under the nautilus preset', () => {
  const cases = nautilusCases();
  const { version, results } = readGolden(cases);

  it(`both engines do what NautilusTrader ${version} did in every seeded case`, () => {
    const largest = { ...NO_DIFFERENCES };
    const differences = cases.flatMap((given, i) => {
      const difference = nautilusDifference(runOurs(given), results[i]!, largest);
      return difference ? [`${given.name}: ${difference}`] : [];
    });
    expect(differences).toEqual([]);
    // Far below what rule N14 allows: no case here leaves so little cash.
    expect(Math.max(largest.price, largest.fee, largest.equity)).toBeLessThan(1e-12);
    expect(largest.quantity).toBeLessThan(1e-6);
    expect(results).toHaveLength(cases.length);
  });

  it('any field of the preset set otherwise is found out by some case, but for those that no such case can tell', () => {
    const unnoticed = Object.entries(FILL_MODEL_VALUES).flatMap(([field, values]) =>
      values.flatMap((value) => {
        const told = cases.some((given, i) => {
          const fill = { ...given.config.fill, [field]: value };
          const other = { ...given, config: { ...given.config, fill } };
          return nautilusDifference(runOurs(other), results[i]!, { ...NO_DIFFERENCES }) !== null;
        });
        const own = cases.every(({ config }) => config.fill[field as keyof FillModel] === value);
        return told || own ? [] : [`${field}: ${value}`];
      }),
    );
    // Stops in the market (N7), ruin (N8), positions opened at an open, and statistics are no part of these cases.
    expect(unnoticed).toEqual([
      'rearm: true',
      'entryBar: never',
      'onConflict: instruction',
      'ruin: close',
      'drawdownFrom: first_value',
    ]);
  });

  it('the cases meet what they are about: stops of each kind, gaps, waiting cells, refusals, stop and cell on one bar', () => {
    const fills = results.flatMap((result, i) => result.fills.map((fill) => ({ fill, given: cases[i]! })));
    const count = (wanted: (f: (typeof fills)[number]) => boolean) => fills.filter(wanted).length;
    for (const reason of ['stop_loss', 'trailing_stop', 'take_profit', 'flatten']) {
      expect(
        count(({ fill }) => fill[2] === reason),
        reason,
      ).toBeGreaterThan(150);
    }
    const gapExits = count(({ fill: [bar, asset, reason, , price], given: { bars, config } }) => {
      const open = bars.open[asset * bars.length + bar]!;
      return /stop/.test(reason) && config.slippage === 0 && price === open;
    });
    expect(gapExits, 'exits at the open').toBeGreaterThan(50);
    const late = count(
      ({ fill: [bar, , reason], given: { matrix } }) =>
        reason === 'rebalance' && !matrix.rowBar.includes(bar),
    );
    expect(late, 'fills of cells that waited').toBeGreaterThan(20);
    const refused = results.reduce((sum, result) => sum + result.refused.length, 0);
    expect(refused, 'refused').toBeGreaterThan(50);
    const sameBar = results.flatMap(({ fills: own }) =>
      own.filter(
        ([bar, asset, reason]) =>
          reason === 'rebalance' &&
          own.some((f) => f[0] === bar && f[1] === asset && /stop|profit/.test(f[2])),
      ),
    );
    expect(sameBar.length, 'stop and cell on one bar').toBeGreaterThan(50);
    expect(cases.filter(changesStopsWhileHeld)).toEqual([]);
  });

  it.each(NAUTILUS_RULES.map((rule) => [`${rule.id}: ${rule.says}`, rule] as const))(
    'both engines do what docs/engines.md says of rule %s',
    (_, { given, ours }) => {
      const { log } = runOurs(given);
      const found = Array.from({ length: log.fills }, (_, i) => [
        log.bar[i],
        log.asset[i],
        REASONS[log.reason[i]!],
        Number(log.quantity[i]!.toPrecision(12)),
        Number(log.fillPrice[i]!.toPrecision(12)),
      ]);
      expect(found).toEqual(ours);
    },
  );
});
