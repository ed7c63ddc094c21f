import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readRoutes } from '../../infra/routes.ts';
import { readSettings } from '../../infra/settings.ts';
import { bundleStrategies } from '../../infra/strategies.ts';
import { SweepStack } from '../../infra/sweep-stack.ts';

/** The repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Options of a stack made for a test. */
export interface SynthOptions {
  /** Settings that differ from the defaults. */
  readonly settings?: object;
  /** Whether the code is bundled, which takes seconds; else the template alone is made. */
  readonly bundle?: boolean;
  /** Where to synthesise to; default: a folder that is gone afterwards. */
  readonly outdir?: string;
  /** Changes the stack before it is synthesised. */
  readonly change?: (stack: SweepStack) => void;
}

/** A resource as a template has it. */
export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is JSON of any shape; assertions give it meaning
  readonly Properties: any;
  readonly DeletionPolicy?: string;
}

/** A synthesised stack: its template, its resources of one type by logical id, and the tree it came from. */
export interface Synthesised {
  readonly app: App;
  readonly stack: Stack;
  readonly template: Template;
  readonly resources: (type: string) => Readonly<Record<string, Resource>>;
}

/** The stack of stage `test` over the handlers of test/infra/handlers. */
export async function synthStack(options: SynthOptions = {}): Promise<Synthesised> {
  const outdir = options.outdir ?? mkdtempSync(join(tmpdir(), 'backsweep-synth-'));
  const context = options.bundle ? {} : { 'aws:cdk:bundling-stacks': [] };
  const app = new App({ outdir, context: { ...context, 'aws:cdk:disable-asset-staging': !options.bundle } });
  const settings = readSettings({ test: options.settings ?? {} }, 'test');
  const strategiesDir = join(outdir, 'strategies');
  await bundleStrategies(ROOT, settings.strategies, strategiesDir);
  const stack = new SweepStack(app, 'backsweep-test', {
    settings,
    routes: readRoutes(join(ROOT, 'docs/openapi.yaml')),
    sources: { root: ROOT, handlersDir: join(ROOT, 'test/infra/handlers'), strategiesDir },
  });
  options.change?.(stack);
  const template = Template.fromStack(stack);
  if (options.outdir === undefined) rmSync(outdir, { recursive: true });
  const resources = (type: string) => template.findResources(type) as Readonly<Record<string, Resource>>;
  return { app, stack, template, resources };
}
