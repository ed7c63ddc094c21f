import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../infra/settings.ts';
import { InvalidInputError } from '../../src/contracts/errors.ts';
import { DEFAULT_DEPLOYMENT } from '../../src/sweep/estimate-cost.ts';
import { ROOT } from '../support/synth-stack.ts';

const faulty = (settings: object) => () => readSettings({ dev: settings }, 'dev');

describe('the settings of a stage', () => {
  it('need nothing: every field has its default', () => {
    expect(readSettings({ dev: {} }, 'dev')).toMatchObject({
      stage: 'dev',
      removal: 'retain',
      maxConcurrency: 100,
      workerMemoryMb: 1_769,
      strategies: [],
    });
  });

  it.each([
    [
      { workerMemoryMb: 20_000 },
      'cdk.json: context.stages.dev.workerMemoryMb: expected a number at most 10240, found 20000',
    ],
    [
      { maxConcurrency: 1 },
      'cdk.json: context.stages.dev.maxConcurrency: expected a number at least 2, found 1',
    ],
    [{ maxConcurency: 5 }, 'maxConcurency: unknown field "maxConcurency"; did you mean maxConcurrency'],
    [{ removal: 'delete' }, 'removal: expected "retain" or "destroy", found "delete"'],
    [{ alarmEmail: 'me' }, 'alarmEmail: expected an e-mail address, found "me"'],
    [
      { athenaBytesScannedCutoff: 1_000 },
      'athenaBytesScannedCutoff: expected a number at least 10000000, found 1000',
    ],
    [{ kmsKeyArn: 'alias/x' }, 'kmsKeyArn: expected the ARN of a KMS key, found "alias/x"'],
  ])('%j is refused with field, expectation and finding', (settings, message) => {
    expect(faulty(settings)).toThrow(InvalidInputError);
    expect(faulty(settings)).toThrow(message);
  });

  it('that are not there name those that are', () => {
    expect(() => readSettings({ dev: {}, prod: {} }, 'staging')).toThrow(
      'cdk.json: context.stages: expected one of dev, prod, found staging; choose with `-c stage=NAME`',
    );
  });

  it('a name of a stage that AWS would refuse is refused', () => {
    expect(() => readSettings({ 'My Stage': {} }, 'My Stage')).toThrow(/at most 20 of a-z/);
  });

  it('that the repository comes with are valid and name no account', () => {
    const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
    for (const stage of Object.keys(context.stages)) {
      expect(readSettings(context.stages, stage)).toMatchObject({ stage });
      expect(readSettings(context.stages, stage).account).toBeUndefined();
    }
  });
});

describe('the defaults', () => {
  it('are those that `backsweep plan` estimates with', () => {
    expect(readSettings({ dev: {} }, 'dev')).toMatchObject(DEFAULT_DEPLOYMENT);
  });
});
