import { afterEach, expect, it, vi } from 'vitest';
import { telemetry } from '../../../src/adapters/lambda/telemetry.ts';
import { s3Client } from '../../../src/adapters/s3/s3-client.ts';
import { openS3Store } from '../../../src/adapters/s3/s3-store.ts';
import { startEmulator } from '../../support/emulator.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** What a function writes to its standard streams. */
function written() {
  const lines: string[] = [];
  // Powertools has a console of its own, over the streams.
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => lines.push(String(chunk)) > 0);
  }
  return () => lines.join('');
}

it('logs a failure of S3 with its cause, but nothing of what signs requests', async () => {
  const emulator = await startEmulator();
  for (const [name, value] of Object.entries(emulator.environment)) vi.stubEnv(name, value);
  vi.stubEnv('POWERTOOLS_DEV', 'false');
  emulator.policy.admits = () => false;
  const failure = await openS3Store(s3Client(), 'data')
    .get('results/a')
    .catch((error: Error) => error);
  const output = written();
  telemetry('test').logger.error('message failed', failure as Error);
  vi.restoreAllMocks();
  await emulator.stop();
  expect(output()).toContain('"stage":"test"');
  expect(output()).toContain('AccessDenied');
  expect(output()).not.toMatch(/Signature=|Credential=|authorization|x-amz-/i);
});

it('counts by service and stage, with the sweep as a property, and leaves zeros out', () => {
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'worker');
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'backsweep');
  const output = written();
  const { count } = telemetry('prod');
  count('a'.repeat(32), { RunsDone: 7, RunsFailed: 0 });
  count('b'.repeat(32), { RunsDone: 0 });
  vi.restoreAllMocks();
  const lines = output().trim().split('\n');
  expect(lines).toHaveLength(1);
  const { _aws, ...values } = JSON.parse(lines[0]!);
  expect(_aws.CloudWatchMetrics).toEqual([
    {
      Namespace: 'backsweep',
      Dimensions: [['service', 'stage']],
      Metrics: [{ Name: 'RunsDone', Unit: 'Count' }],
    },
  ]);
  expect(values).toEqual({ service: 'worker', stage: 'prod', sweepId: 'a'.repeat(32), RunsDone: 7 });
});
