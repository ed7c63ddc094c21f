import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { s3Client } from '../../src/adapters/s3/s3-client.ts';
import { openS3Store } from '../../src/adapters/s3/s3-store.ts';
import { type Emulator, startEmulator } from '../support/emulator.ts';
import { reportFaults } from '../support/report-faults.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
  for (const [name, value] of Object.entries(emulator.environment)) vi.stubEnv(name, value);
  emulator.server.createBucket('sockets');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await emulator.stop();
});

it('F29 many more requests at once than sockets, some of which break, all end, each object created once', async () => {
  const store = openS3Store(s3Client({ silenceMs: 5_000 }), 'sockets', {
    attempts: 10,
    baseMs: 1,
    capMs: 20,
  });
  let asked = 0;
  let broken = 0;
  emulator.faults.choose = () => {
    if (asked++ % 7 !== 3) return null;
    broken++;
    return 'reset';
  };
  const bytes = (n: number) => new TextEncoder().encode(`object ${n}`);
  const keys = Array.from({ length: 200 }, (_, n) => `results/${String(n).padStart(3, '0')}`);
  const outcomes = await Promise.all(keys.map((key, n) => store.putOnce(key, bytes(n))));
  expect(new Set(outcomes)).not.toContain('different');
  expect(emulator.created.toSorted()).toEqual(keys);
  const found = await Promise.all(keys.map((key) => store.get(key)));
  expect(found).toEqual(keys.map((_, n) => bytes(n)));
  expect(broken).toBeGreaterThan(20);
  reportFaults({ F29: asked, F5: broken });
});
