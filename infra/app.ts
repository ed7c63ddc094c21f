import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { InvalidInputError } from '../src/contracts/errors.ts';
import { readRoutes } from './routes.ts';
import { readSettings } from './settings.ts';
import { bundleStrategies } from './strategies.ts';
import { SweepStack } from './sweep-stack.ts';

/*
 * What `cdk synth`, `deploy` and `destroy` run, from the folder of cdk.json: one stack of the stage that `-c stage=NAME`
 * names (default: dev). Needs no network and no account.
 */
async function main(): Promise<void> {
  const root = process.cwd();
  const app = new App();
  const stage = String(app.node.tryGetContext('stage') ?? 'dev');
  const settings = readSettings(app.node.tryGetContext('stages'), stage);
  const strategiesDir = join(root, 'cdk.out', 'strategies');
  await bundleStrategies(root, settings.strategies, strategiesDir);

  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  new SweepStack(app, `backsweep-${stage}`, {
    settings: {
      ...settings,
      account: settings.account ?? process.env.CDK_DEFAULT_ACCOUNT,
      region: settings.region ?? process.env.CDK_DEFAULT_REGION,
    },
    routes: readRoutes(join(root, 'docs', 'openapi.yaml')),
    sources: { root, handlersDir: join(root, 'lambdas'), strategiesDir },
  });
  app.synth();
}

main().catch((error: unknown) => {
  // A mistake in cdk.json needs its sentence, not the places in our code.
  console.error(error instanceof InvalidInputError ? error.message : error);
  process.exitCode = 1;
});
