// The real NautilusTrader, in every release whose Python is here, against both engines of ours.
import { describe, expect, it } from 'vitest';
import {
  changesStopsWhileHeld,
  gapsMeetStops,
  type NautilusCase,
  nautilusCases,
  nautilusInput,
  stopsLeaveQuotes,
} from '../../support/nautilus-cases.ts';
import { compact, readGolden, writeGolden } from '../../support/nautilus-golden.ts';
import {
  type Differences,
  type NautilusResult,
  NO_DIFFERENCES,
  nautilusDifference,
  runOurs,
} from '../../support/nautilus-match.ts';
import { NAUTILUS_RULES } from '../../support/nautilus-rules.ts';
import { REAL_BARS, realCases } from './real-cases.ts';
import { installableReleases, type Release, runNautilus } from './releases.ts';
import { speedCase, timeOurs } from './speed.ts';

const releases = installableReleases();
const [newest] = releases;
/** The release to which rules N1 and N12 do not apply. */
const FIXED = '1.231.0';

describe.each(releases)('NautilusTrader $version', (release) => {
  it('makes of every seeded case what both engines of ours make of it', async () => {
    const cases = nautilusCases();
    const results = await runNautilus(release, cases.map(nautilusInput));
    if (release === newest && process.env.NAUTILUS_GOLDEN === 'write') {
      writeGolden(release.version, cases, results);
    }
    const golden = readGolden(cases);
    if (golden.version === release.version) expect(results.map(compact)).toEqual(golden.results);
    const compared = expectAgreement('seeded', release, cases, results);
    expect(compared).toBeGreaterThanOrEqual(release.version === FIXED ? 268 : 80);
  });

  it.runIf(REAL_BARS)('makes of real bars, daily and intraday, what ours make of them', async () => {
    const cases = await realCases();
    const results = await runNautilus(release, cases.map(nautilusInput));
    const compared = expectAgreement('real bars', release, cases, results);
    expect(compared).toBeGreaterThanOrEqual(release.version === FIXED ? 48 : 16);
  });

  it('differs from ours as docs/engines.md says, rule by rule', async () => {
    const inputs = NAUTILUS_RULES.map(({ given, choice }) => {
      const input = nautilusInput(given);
      return { ...input, config: { ...input.config, ...choice } };
    });
    const results = await runNautilus(release, inputs);
    NAUTILUS_RULES.forEach(({ id, says, given, theirs }, i) => {
      const { fills, endedAt = given.bars.length - 1 } = theirs[release.version]!;
      const found = results[i]!;
      const short = found.fills.map(([bar, asset, reason, quantity, price]) => [
        bar,
        asset,
        reason,
        quantity,
        price,
      ]);
      expect([short, found.endedAt], `${id}: ${says}`).toEqual([fills, endedAt]);
    });
  });

  it.runIf(release.version === FIXED)('is compared in speed on a run whose outcomes agree', async () => {
    const given = speedCase();
    const [result] = await runNautilus(release, [nautilusInput(given)]);
    expectAgreement('one run', release, [given], [result!]);
    const ours = timeOurs(given);
    const ratio = result!.seconds / ours;
    console.log(
      `${release.version}: ${given.matrix.rowBar.length} rows, ${(1 / result!.seconds).toPrecision(3)} runs/s, ours ${(1 / ours).toPrecision(3)}, ratio ${ratio.toFixed(0)}`,
    );
  });
});

/** Fails where a case differs that no rule about its input leaves out; says how far the others are apart. */
function expectAgreement(
  what: string,
  { version }: Release,
  cases: readonly NautilusCase[],
  results: readonly NautilusResult[],
): number {
  const largest: Differences = { ...NO_DIFFERENCES };
  const failures: string[] = [];
  let compared = 0;
  cases.forEach((given, i) => {
    if (changesStopsWhileHeld(given)) throw new Error(`${given.name}: stops change while held (rule N7)`);
    if (version !== FIXED && (gapsMeetStops(given) || stopsLeaveQuotes(given))) return;
    compared++;
    const difference = nautilusDifference(runOurs(given), results[i]!, largest);
    if (difference) failures.push(`${given.name}: ${difference}`);
  });
  console.log(`${version}, ${what}: ${compared} of ${cases.length} compared, largest differences`, largest);
  expect(failures).toEqual([]);
  return compared;
}
