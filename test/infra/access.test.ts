import { beforeAll, describe, expect, it } from 'vitest';
import * as keys from '../../src/sweep/keys.ts';
import { flat, matches, statementsOf } from '../support/iam.ts';
import { type Synthesised, synthStack } from '../support/synth-stack.ts';

const SWEEP = 'a'.repeat(32);
const DATASET = 'b'.repeat(32);

/** A real key of each kind, by the functions of the protocol. */
const KEYS = {
  manifest: keys.manifestKey(DATASET),
  bars: `datasets/${DATASET}/AAPL.parquet`,
  instructions: keys.instructionsKey('c'.repeat(64)),
  spec: keys.specKey(SWEEP),
  plan: keys.planKey(SWEEP),
  active: keys.activeKey(SWEEP),
  start: keys.controlKey(SWEEP, 1, 'start'),
  cancel: keys.controlKey(SWEEP, 1, 'cancel'),
  requeue: keys.controlKey(SWEEP, 1, 'requeue-2'),
  result: keys.resultKey(SWEEP, 42),
  failure: keys.failureKey(SWEEP, 1, 42),
  planFailure: keys.planFailureKey(SWEEP, 1),
  leaderboard: keys.tableKey('leaderboard', SWEEP, 1),
  sweeps: keys.sweepsTableKey(SWEEP, 1),
  usage: keys.usageKey(SWEEP, 'shard-00042.json'),
  summary: keys.summaryKey(SWEEP, 1),
  query: 'athena-results/1.csv',
  other: 'secrets/1.json',
};

/*
 * The needs of the protocol, by hand: g get, p put, d delete, l list (which also makes a missing key answer 404). Whoever puts
 * also gets, to compare after a 412. See docs/decisions/0004-access-of-the-functions.md.
 */
const EXPECTED = `
                api  planner worker aggregator dead-letters reconciler
  manifest      gl   gl      gl     gl         -            -
  bars          l    gl      gl     gl         -            -
  instructions  gl   gl      gl     gl         -            -
  spec          gpl  gl      gl     gl         l            gl
  plan          gl   gpl     gl     gl         gl           gl
  active        gpl  -       -      gpdl       -            l
  start         gpl  gl      gl     gl         -            gl
  cancel        gpl  gl      gl     gl         -            gl
  requeue       gl   gl      gl     gl         -            gpl
  result        l    l       gpl    gl         gl           l
  failure       l    l       gpl    gl         gp           gpl
  planFailure   gl   gpl     gpl    gl         gp           gpl
  leaderboard   gl   -       -      gpl        -            -
  sweeps        gl   -       -      gpl        -            -
  usage         gl   -       gp     gl         -            -
  summary       gl   -       -      gpl        -            gl
  query         -    -       -      -          -            -
  other         -    -       -      -          -            -
`;
const rows = EXPECTED.trim()
  .split('\n')
  .slice(1)
  .map((line) => line.trim().split(/ +/));

const FUNCTIONS = ['Api', 'Planner', 'Worker', 'Aggregator', 'DeadLetters', 'Reconciler'];
const QUEUES: Record<string, string> = {
  plan: 'PlanQueue',
  shard: 'ShardQueue',
  tick: 'TickQueue',
  planDead: 'PlanDeadLetters',
  shardDead: 'ShardDeadLetters',
  tickDead: 'TickDeadLetters',
};

let synth: Synthesised;
beforeAll(async () => {
  synth = await synthStack();
});

describe('what a function may do', () => {
  let bucket: string;
  const only = (type: string, prefix: string) => {
    const found = Object.keys(synth.resources(type)).filter((id) => id.startsWith(prefix));
    expect(found, `${type} ${prefix}`).toHaveLength(1);
    return found[0]!;
  };
  const roleOf = (name: string) =>
    statementsOf(synth.resources('AWS::IAM::Role')[only('AWS::IAM::Role', `${name}Role`)]!);
  beforeAll(() => {
    bucket = `<${only('AWS::S3::Bucket', 'Data')}>`;
  });

  it('on every kind of object is what the protocol needs and nothing else', () => {
    const found = Object.entries(KEYS).map(([kind, key]) => {
      const folder = key.slice(0, key.lastIndexOf('/') + 1);
      const letters = FUNCTIONS.map((name) => {
        const statements = roleOf(name);
        const may = (action: string, resource = `${bucket}/${key}`, context = {}) =>
          matches(statements, { action, resource, context });
        // S3 takes a missing key as the prefix when it chooses between 403 and 404.
        const [list, missing] = [folder, key].map((prefix) =>
          may('s3:ListBucket', bucket, { 's3:prefix': prefix }),
        );
        expect(list, `${name} lists ${kind}`).toBe(missing);
        const get = may('s3:GetObject') ? 'g' : '';
        const put = may('s3:PutObject') ? 'p' : '';
        const remove = may('s3:DeleteObject') ? 'd' : '';
        return `${get}${put}${remove}${list ? 'l' : ''}` || '-';
      });
      return [kind, ...letters];
    });
    expect(found).toEqual(rows);
  });

  it('is never to list the whole bucket', () => {
    for (const name of FUNCTIONS) {
      for (const context of [{}, { 's3:prefix': '' }] as Record<string, string>[]) {
        const request = { action: 's3:ListBucket', resource: bucket, context };
        expect(matches(roleOf(name), request), name).toBe(false);
      }
    }
  });

  it('with queues is to send where the protocol says and to receive from its own', () => {
    const found = FUNCTIONS.map((name) => {
      const statements = roleOf(name);
      const may = (action: string) =>
        Object.entries(QUEUES).flatMap(([queue, prefix]) =>
          matches(statements, { action, resource: `<${only('AWS::SQS::Queue', prefix)}>` }) ? [queue] : [],
        );
      const receive = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'].map(may);
      expect(new Set(receive.map(String)).size, name).toBe(1);
      return [name, may('sqs:SendMessage'), receive[0], may('sqs:PurgeQueue')];
    });
    expect(found).toEqual([
      ['Api', ['plan', 'tick'], [], []],
      ['Planner', ['shard', 'tick'], ['plan'], []],
      ['Worker', ['tick'], ['shard'], []],
      ['Aggregator', [], ['tick'], []],
      ['DeadLetters', ['tick'], ['shardDead'], []],
      ['Reconciler', ['plan', 'shard', 'tick'], [], []],
    ]);
  });

  it('holds no action but those, and writes to its own log group only', () => {
    for (const name of FUNCTIONS) {
      const statements = roleOf(name);
      const actions = statements.flatMap((statement) => statement.Action);
      expect(actions.filter((action) => action.includes('*'))).toEqual([]);
      expect(new Set(actions.map((action) => action.split(':')[0]))).toSatisfy((services: Set<string>) =>
        [...services].every((service) => ['logs', 's3', 'sqs'].includes(service)),
      );
      const logs = statements.filter((statement) => String(statement.Action).includes('logs:'));
      expect(logs.map((statement) => flat(statement.Resource))).toEqual([
        `<${only('AWS::Logs::LogGroup', `${name}Log`)}>`,
      ]);
    }
  });

  it('is only what stands in the roles: nothing of the CDK adds a policy', () => {
    expect(Object.keys(synth.resources('AWS::IAM::Policy'))).toEqual([]);
    expect(Object.keys(synth.resources('AWS::IAM::ManagedPolicy'))).toEqual([]);
    expect(Object.keys(synth.resources('AWS::IAM::Role'))).toHaveLength(FUNCTIONS.length);
  });

  it('includes the key of the bucket where one is set, and that key alone', async () => {
    const kmsKeyArn = 'arn:aws:kms:eu-central-1:111122223333:key/12345678-1234-1234-1234-123456789012';
    const { resources } = await synthStack({ settings: { kmsKeyArn } });
    const roles = Object.values(resources('AWS::IAM::Role'));
    expect(roles).toHaveLength(FUNCTIONS.length);
    for (const role of roles) {
      const may = (resource: string) => matches(statementsOf(role), { action: 'kms:Decrypt', resource });
      expect([may(kmsKeyArn), may(`${kmsKeyArn}9`)]).toEqual([true, false]);
    }
  });
});

describe('the policy of the bucket', () => {
  let deny: (action: string, key: string, context: Record<string, string>) => boolean;
  beforeAll(() => {
    const [policy] = Object.values(synth.resources('AWS::S3::BucketPolicy'));
    const statements = policy!.Properties.PolicyDocument.Statement;
    expect(statements.every((one: { Effect: string }) => one.Effect === 'Deny')).toBe(true);
    const bucket = flat(policy!.Properties.Bucket);
    deny = (action, key, context) =>
      matches(statements, {
        action,
        resource: `${bucket}/${key}`,
        context: { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3', ...context },
      });
  });

  it('refuses a put that would overwrite what a sweep made, and lets others pass', () => {
    const refused = Object.entries(KEYS).filter(([, key]) => deny('s3:PutObject', key, {}));
    expect(refused.map(([kind]) => kind)).toEqual([
      ...[
        'spec',
        'plan',
        'start',
        'cancel',
        'requeue',
        'result',
        'failure',
        'planFailure',
        'leaderboard',
        'sweeps',
        'summary',
      ],
    ]);
    for (const key of Object.values(KEYS)) {
      expect(deny('s3:PutObject', key, { 's3:if-none-match': '*' }), key).toBe(false);
      expect(deny('s3:GetObject', key, {}), key).toBe(false);
    }
  });

  it('refuses everything without TLS or with an old one', () => {
    for (const key of Object.values(KEYS)) {
      expect(deny('s3:GetObject', key, { 'aws:SecureTransport': 'false' })).toBe(true);
      expect(deny('s3:PutObject', key, { 's3:if-none-match': '*', 's3:TlsVersion': '1.1' })).toBe(true);
    }
  });
});
