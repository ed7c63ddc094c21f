import { join } from 'node:path';
import { type CfnElement, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENV, STRATEGIES_FOLDER } from '../../lambdas/env.ts';
import { METRICS_NAMESPACE } from '../../lambdas/metric-names.ts';
import { ACCESS, type FunctionName } from '../access.ts';
import type { Settings } from '../settings.ts';
import { type Resources, statements } from './statements.ts';

/** Where the code of the functions comes from; absolute paths. */
export interface Sources {
  /** The repository: holds the lock file and the packages. */
  readonly root: string;
  /** Folder of the six entries, below `root`. */
  readonly handlersDir: string;
  /** Folder of the bundled strategies, see `bundleStrategies`. */
  readonly strategiesDir: string;
}

/** What one function is besides its code. */
export interface HandlerProps {
  readonly name: FunctionName;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** Values of the variables of `ENV` that only this function needs. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether the strategies of one's own lie beside the code. */
  readonly strategies?: boolean;
  /** Packages that stay files beside the code, with all they need: they break when they are inlined. */
  readonly packagesBeside?: readonly string[];
}

/** A function with its log group and a role that may do what `ACCESS` says and nothing else. */
export class Handler extends Construct {
  readonly fn: NodejsFunction;

  constructor(
    scope: Construct,
    id: string,
    settings: Settings,
    sources: Sources,
    resources: Resources,
    props: HandlerProps,
  ) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Log', {
      retention: settings.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { work: policyOf(props.name, resources, logGroup) },
    });
    acknowledgeIds(role, props.name, resources);
    this.fn = new NodejsFunction(this, 'Function', {
      description: `backsweep ${settings.stage}: ${props.name}`,
      entry: join(sources.handlersDir, `${props.name}.ts`),
      handler: 'handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: Duration.seconds(props.timeoutSeconds),
      memorySize: props.memoryMb,
      logGroup,
      // Grants of the CDK would be added unseen; what a function may do is read in access.ts alone.
      role: role.withoutPolicyUpdates(),
      environment: {
        [ENV.bucket]: resources.bucket.bucketName,
        [ENV.stage]: settings.stage,
        [ENV.service]: props.name,
        [ENV.metricsNamespace]: METRICS_NAMESPACE,
        [ENV.logLevel]: 'INFO',
        ...props.environment,
      },
      projectRoot: sources.root,
      depsLockFilePath: join(sources.root, 'package-lock.json'),
      bundling: bundling(sources, props),
    });
  }
}

function policyOf(name: FunctionName, resources: Resources, logGroup: LogGroup): PolicyDocument {
  const log = new PolicyStatement({
    sid: 'Log',
    effect: Effect.ALLOW,
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  });
  return new PolicyDocument({ statements: [log, ...statements(ACCESS[name], resources)] });
}

function bundling({ root, strategiesDir }: Sources, { strategies, packagesBeside = [] }: HandlerProps) {
  const copies = (output: string) => [
    ...packagesBeside.map((name) => copy(join(root, 'node_modules', name), `${output}/node_modules/${name}`)),
    ...(strategies ? [copy(strategiesDir, `${output}/${STRATEGIES_FOLDER}`)] : []),
  ];
  return {
    format: OutputFormat.ESM,
    target: 'node24',
    mainFields: ['module', 'main'],
    // The runtime's own SDK changes without notice.
    bundleAwsSDK: true,
    externalModules: [...packagesBeside],
    // Packages in CommonJS call `require` for Node's modules, which an ES module lacks.
    banner:
      "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    commandHooks: {
      beforeBundling: () => [],
      beforeInstall: () => [],
      afterBundling: (_input: string, output: string) => copies(output),
    },
  };
}

/** A shell command that copies a folder; by Node, so that it is the same on every system. */
function copy(from: string, to: string): string {
  const paths = [from, to].map((path) => JSON.stringify(path.replaceAll('\\', '/')).replaceAll('"', "'"));
  return `node -e "require('fs').cpSync(${paths.join(', ')}, { recursive: true })"`;
}

/** Tells cdk-nag, finding by finding, why a pattern of keys stands where it wants an exact ARN. */
function acknowledgeIds(role: Role, name: FunctionName, { bucket }: Resources): void {
  const { get, put, delete: remove } = ACCESS[name];
  const id = Stack.of(role).resolve((bucket.node.defaultChild as CfnElement).logicalId);
  for (const pattern of new Set([...get, ...put, ...remove])) {
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${id}.Arn>/${pattern}]`,
      reason: `${name} works on objects of this one kind; the * stands for hashes of content, unknown at deploy.`,
    });
  }
}
