import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { CfnRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { flat } from '../support/iam.ts';
import { type Resource, ROOT, type Synthesised, synthStack } from '../support/synth-stack.ts';

let synth: Synthesised;
beforeAll(async () => {
  synth = await synthStack({
    settings: {
      maxConcurrency: 250,
      workerMemoryMb: 3_008,
      alarmEmail: 'a@example.org',
      tags: { team: 'quant' },
    },
  });
});
const all = (type: string) => Object.values(synth.resources(type)).map(({ Properties }) => Properties);
const byId = (type: string, prefix: string): Resource['Properties'] => {
  const found = Object.entries(synth.resources(type)).filter(([id]) => id.startsWith(prefix));
  expect(found, `${type} ${prefix}`).toHaveLength(1);
  return found[0]![1].Properties;
};

describe('queues', () => {
  // Seconds of visibility and receives, and the function that reads it with its timeout.
  it.each([
    ['Plan', 720, 5, 'Planner', 120],
    ['Shard', 1_800, 20, 'Worker', 300],
    ['Tick', 5_400, 20, 'Aggregator', 900],
  ])(
    '%s: a message comes again after %i s, is dead after %i receives',
    (name, visibility, receives, reader, timeout) => {
      const queue = byId('AWS::SQS::Queue', `${name}Queue`);
      expect(queue).toMatchObject({
        VisibilityTimeout: visibility,
        MessageRetentionPeriod: 4 * 86_400,
        SqsManagedSseEnabled: true,
        RedrivePolicy: { maxReceiveCount: receives },
      });
      const [dead] = Object.entries(synth.resources('AWS::SQS::Queue')).filter(([id]) =>
        id.startsWith(`${name}DeadLetters`),
      );
      expect(flat(queue.RedrivePolicy.deadLetterTargetArn)).toBe(`<${dead![0]}>`);
      expect(dead![1].Properties).toMatchObject({
        MessageRetentionPeriod: 14 * 86_400,
        SqsManagedSseEnabled: true,
      });
      expect(byId('AWS::Lambda::Function', `${reader}Function`).Timeout).toBe(timeout);
      expect(visibility).toBeGreaterThanOrEqual(6 * timeout);
    },
  );

  it('reach their functions in the batches of the protocol, and failed messages alone come again', () => {
    const mappings = all('AWS::Lambda::EventSourceMapping').map((mapping) => [
      flat(mapping.EventSourceArn).replace(/[0-9A-F]{8}>$/, '>'),
      flat(mapping.FunctionName).replace(/[0-9A-F]{8}>$/, '>'),
      mapping.BatchSize,
      mapping.MaximumBatchingWindowInSeconds ?? 0,
      mapping.ScalingConfig.MaximumConcurrency,
    ]);
    expect(mappings).toEqual([
      ['<PlanQueue>', '<PlannerFunction>', 1, 0, 2],
      ['<ShardQueue>', '<WorkerFunction>', 1, 0, 250],
      ['<TickQueue>', '<AggregatorFunction>', 1_000, 10, 2],
      ['<ShardDeadLetters>', '<DeadLettersFunction>', 10, 0, 2],
    ]);
    for (const mapping of all('AWS::Lambda::EventSourceMapping')) {
      expect(mapping.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      expect(mapping.FilterCriteria).toBeUndefined();
    }
  });

  it('refuse requests without TLS', () => {
    const policies = all('AWS::SQS::QueuePolicy');
    expect(policies.flatMap(({ Queues }) => Queues)).toHaveLength(6);
    for (const { PolicyDocument } of policies) {
      expect(PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
    }
  });
});

describe('functions', () => {
  it('run on arm64 and Node 24, each with a log group that forgets, none with reserved concurrency', () => {
    expect(all('AWS::Lambda::Function')).toHaveLength(6);
    for (const fn of all('AWS::Lambda::Function')) {
      expect(fn).toMatchObject({ Architectures: ['arm64'], Runtime: 'nodejs24.x', Handler: 'index.handler' });
      expect(fn.ReservedConcurrentExecutions).toBeUndefined();
      expect(fn.LoggingConfig.LogGroup).toBeDefined();
    }
    for (const group of all('AWS::Logs::LogGroup')) expect(group.RetentionInDays).toBe(30);
  });

  it('that hold the bars of a sweep all have the memory of a worker, and those that plan know it', () => {
    const memory = ['Worker', 'Planner', 'Aggregator'].map(
      (name) => byId('AWS::Lambda::Function', `${name}Function`).MemorySize,
    );
    expect(memory).toEqual([3_008, 3_008, 3_008]);
    for (const name of ['Api', 'Planner']) {
      const { Variables } = byId('AWS::Lambda::Function', `${name}Function`).Environment;
      expect(Variables.WORKER_MEMORY_MB).toBe('3008');
    }
  });

  it('know the bucket, the stage, and the URLs of exactly the queues that they may send to', () => {
    const found = all('AWS::Lambda::Function').map(({ Environment: { Variables } }) => {
      expect(flat(Variables.BUCKET)).toMatch(/^<Data/);
      expect(Variables.STAGE).toBe('test');
      const urls = Object.keys(Variables).filter((name) => name.endsWith('_QUEUE_URL'));
      return [Variables.POWERTOOLS_SERVICE_NAME, ...urls.map((name) => name.split('_')[0]).sort()];
    });
    expect(found.sort()).toEqual([
      ['aggregator'],
      ['api', 'PLAN', 'TICK'],
      ['dead-letters', 'TICK'],
      ['planner', 'SHARD', 'TICK'],
      ['reconciler', 'PLAN', 'SHARD', 'TICK'],
      ['worker', 'TICK'],
    ]);
  });

  it('include a reconciler that is invoked every five minutes', () => {
    const [rule] = all('AWS::Events::Rule');
    expect(rule.ScheduleExpression).toBe('rate(5 minutes)');
    expect(flat(rule.Targets[0].Arn)).toMatch(/^<ReconcilerFunction/);
  });
});

describe('the bucket', () => {
  it('is private, encrypted, owned by its owner, and outlives the stack', () => {
    const [bucket] = Object.values(synth.resources('AWS::S3::Bucket'));
    expect(bucket!.DeletionPolicy).toBe('Retain');
    expect(bucket!.Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    });
  });

  it('forgets query results, measurements and broken uploads, and nothing else', () => {
    const [bucket] = all('AWS::S3::Bucket');
    expect(bucket.LifecycleConfiguration.Rules).toEqual([
      { Id: 'athena-results', Prefix: 'athena-results/', ExpirationInDays: 30, Status: 'Enabled' },
      { Id: 'usage', Prefix: 'usage/', ExpirationInDays: 365, Status: 'Enabled' },
      {
        Id: 'aborted-uploads',
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 },
        Status: 'Enabled',
      },
    ]);
  });
});

describe('the API', () => {
  it('has the routes of its description, each for signed requests only', () => {
    const { paths, security } = parse(readFileSync(join(ROOT, 'docs/openapi.yaml'), 'utf8'));
    const described = Object.entries<Record<string, { security?: unknown }>>(paths).flatMap(
      ([path, operations]) =>
        Object.entries(operations).map(([method, operation]) => {
          expect(operation.security, `${method} ${path}`).toBeUndefined();
          return `${method.toUpperCase()} ${path}`;
        }),
    );
    expect(security).toEqual([{ sigv4: [] }]);
    const routes = all('AWS::ApiGatewayV2::Route');
    expect(routes.map(({ RouteKey }) => RouteKey).sort()).toEqual(described.sort());
    expect(described).toEqual([
      'GET /strategies',
      'GET /sweeps',
      'GET /sweeps/{id}',
      'GET /sweeps/{id}/leaderboard',
      'POST /plan',
      'POST /sweeps',
      'POST /sweeps/{id}/cancel',
      'POST /sweeps/{id}/resume',
    ]);
    for (const { AuthorizationType } of routes) expect(AuthorizationType).toBe('AWS_IAM');
  });

  it('is refused at synth with a route that anyone may call', async () => {
    const open = (authorizationType?: string) => (stack: Stack) => {
      new CfnRoute(stack, 'Open', {
        apiId: 'x',
        routeKey: 'GET /open',
        ...(authorizationType && { authorizationType }),
      });
    };
    await expect(synthStack({ change: open() })).rejects.toThrow(
      /Open: expected authorizationType AWS_IAM on GET \/open, found none/,
    );
    await expect(synthStack({ change: open('NONE') })).rejects.toThrow(/found NONE/);
  });

  it('is throttled, and logs neither bodies nor headers nor queries', () => {
    const [stage] = all('AWS::ApiGatewayV2::Stage');
    expect(stage.DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 });
    const logged: string[] = stage.AccessLogSettings.Format.match(/\$context[\w.]*/g);
    expect(logged).toContain('$context.status');
    expect(logged.filter((name) => /body|header|query|path$|sourceIp|authorizer/i.test(name))).toEqual([]);
  });
});

describe('alarms', () => {
  /** The anchors of a page as GitHub makes them. */
  const anchors = (page: string) =>
    [...page.matchAll(/^#{2,} (.+)$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replace(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-'),
    );

  it('say what to do: each links a section of the runbook, which has one for each', () => {
    const known = anchors(readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8'));
    const linked = all('AWS::CloudWatch::Alarm').map(({ AlarmDescription }) => {
      const [, anchor] = /What to do: docs\/runbook\.md#([a-z0-9-]+)$/.exec(AlarmDescription) ?? [];
      expect(known, AlarmDescription).toContain(anchor);
      return anchor;
    });
    expect([...new Set(linked)].sort()).toEqual(known.filter((anchor) => !anchor.startsWith('how-')).sort());
  });

  it('watch the messages that lie in each dead-letter queue, not those that were sent there', () => {
    const dead = all('AWS::CloudWatch::Alarm').filter(({ AlarmName }) => AlarmName.endsWith('-dead-letters'));
    expect(dead.map(({ Dimensions }) => flat(Dimensions[0].Value).replace(/[0-9A-F]{8}>$/, '>'))).toSatisfy(
      (queues: string[]) => queues.every((queue) => queue.includes('DeadLetters')) && queues.length === 3,
    );
    for (const alarm of dead) {
      expect(alarm).toMatchObject({
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Threshold: 1,
        TreatMissingData: 'notBreaching',
      });
    }
  });

  it('cover every function, every queue, results that differ and a reconciler that is silent', () => {
    const names = all('AWS::CloudWatch::Alarm').map(({ AlarmName }) =>
      AlarmName.replace('backsweep-test-', ''),
    );
    expect(names.sort()).toEqual(
      [
        ...['api', 'planner', 'worker', 'aggregator', 'dead-letters', 'reconciler'].map(
          (name) => `${name}-errors`,
        ),
        ...['plan', 'shard', 'tick'].flatMap((name) => [`${name}-dead-letters`, `${name}-oldest-message`]),
        ...['api-server-errors', 'nondeterministic-result', 'reconciler-silent', 'shards-given-up'],
      ].sort(),
    );
    const alarm = (name: string) =>
      all('AWS::CloudWatch::Alarm').find(({ AlarmName }) => AlarmName === `backsweep-test-${name}`);
    expect(alarm('nondeterministic-result')).toMatchObject({
      Namespace: 'backsweep',
      MetricName: 'NondeterministicResult',
      Dimensions: [
        { Name: 'service', Value: 'worker' },
        { Name: 'stage', Value: 'test' },
      ],
    });
    expect(alarm('reconciler-silent')).toMatchObject({
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  it('tell the address of the settings', () => {
    const [topic] = Object.keys(synth.resources('AWS::SNS::Topic'));
    expect(all('AWS::SNS::Subscription')).toMatchObject([{ Protocol: 'email', Endpoint: 'a@example.org' }]);
    for (const { AlarmActions } of all('AWS::CloudWatch::Alarm')) {
      expect(AlarmActions.map(flat)).toEqual([`<${topic}>`]);
    }
  });
});

describe('the stack as a whole', () => {
  it('is clean by the rules AwsSolutions, which see the wildcard that no reason is given for', async () => {
    expect(new AwsSolutionsChecks().validateScope(synth.app).violations).toEqual([]);
    const app = new App();
    const role = new Role(new Stack(app, 'Bad'), 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    role.addToPolicy(new PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
    const found = new AwsSolutionsChecks().validateScope(app).violations.map(({ ruleName }) => ruleName);
    expect(found).toEqual(['AwsSolutions-IAM5[Action::s3:*]', 'AwsSolutions-IAM5[Resource::*]']);
  });

  it('is tagged, protected while it retains, and goes with its bucket where the stage says so', async () => {
    const tags = byId('AWS::Lambda::Function', 'WorkerFunction').Tags;
    expect(tags).toEqual([
      { Key: 'project', Value: 'backsweep' },
      { Key: 'stage', Value: 'test' },
      { Key: 'team', Value: 'quant' },
    ]);
    expect(synth.stack.terminationProtection).toBe(true);
    const other = await synthStack({ settings: { removal: 'destroy' } });
    expect(other.stack.terminationProtection).toBe(false);
    expect(Object.values(other.resources('AWS::S3::Bucket'))[0]!.DeletionPolicy).toBe('Delete');
  });

  it('tells what the command line needs', () => {
    expect(Object.keys(synth.template.findOutputs('*')).sort()).toEqual(
      ['ApiUrl', 'BucketName', 'Database', 'WorkGroup'].sort(),
    );
  });
});
