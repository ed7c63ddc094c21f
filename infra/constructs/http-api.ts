import { type IResolvable, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnRoute,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Route } from '../routes.ts';
import type { Settings } from '../settings.ts';

/** What is logged of a request: who asked for what, and the outcome; no body, header, query or address. */
const LOGGED = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  route: '$context.routeKey',
  caller: '$context.identity.userArn',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  integrationError: '$context.integrationErrorMessage',
};

/** An HTTP API whose every route needs the signature of an IAM identity; throttled, with access logs. */
export class SweepApi extends Construct {
  readonly api: HttpApi;

  constructor(
    scope: Construct,
    id: string,
    settings: Settings,
    routes: readonly Route[],
    handler: IFunction,
  ) {
    super(scope, id);
    this.api = new HttpApi(this, 'Http', {
      apiName: `backsweep-${settings.stage}`,
      createDefaultStage: false,
      defaultAuthorizer: new HttpIamAuthorizer(),
    });
    const integration = new HttpLambdaIntegration('Handler', handler);
    for (const { method, path } of routes) {
      this.api.addRoutes({ path, methods: [HttpMethod[method]], integration });
    }
    const logGroup = new LogGroup(this, 'Access', {
      retention: settings.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: settings.requestsPerSecond, burstLimit: settings.requestBurst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(JSON.stringify(LOGGED)),
      },
    });
    Stack.of(this).node.addValidation({ validate: () => openRoutes(Stack.of(this)) });
  }
}

/** An error for each route of the stack, however it got there, that someone could call without a signature. */
function openRoutes(stack: Stack): string[] {
  return stack.node
    .findAll()
    .filter((node) => node instanceof CfnRoute)
    .filter((route) => stack.resolve(route.authorizationType as string | IResolvable) !== 'AWS_IAM')
    .map(
      (route) =>
        `${route.node.path}: expected authorizationType AWS_IAM on ${stack.resolve(route.routeKey)}, ` +
        `found ${stack.resolve(route.authorizationType) ?? 'none'}; give the route the API's default authorizer`,
    );
}
