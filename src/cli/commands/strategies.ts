import { Command } from 'commander';
import { z } from 'zod';
import { STRATEGIES, strategyByName } from '../../strategies/catalog.ts';
import type { Strategy } from '../../strategies/strategy.ts';
import { table } from '../table.ts';
import { colorsOf, print, printJson } from '../terminal.ts';

/** `backsweep strategies [NAME]`. */
export function strategiesCommand(): Command {
  return new Command('strategies')
    .description('list the built-in strategies, or the parameters of one')
    .argument('[name]', 'a strategy; default: all')
    .option('--json', 'print JSON: parameters as JSON Schema')
    .addHelpText('after', '\nExample:\n  $ backsweep strategies momentum\n')
    .action((name: string | undefined, { json }: { readonly json?: boolean }) => {
      const chosen = name === undefined ? STRATEGIES : [strategyByName(name)];
      if (json) return printJson(chosen.map(describe));
      for (const strategy of chosen) print(`${strategyText(strategy)}`);
      if (name === undefined) {
        print(
          'A strategy of your own is one file with `export default defineStrategy({…})`; name it by its path: ./my-strategy.ts',
        );
      }
    });
}

interface Parameter {
  readonly type?: unknown;
  readonly default?: unknown;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Parameter[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
}

interface Described {
  readonly name: string;
  readonly description: string | undefined;
  readonly params: {
    readonly properties?: Readonly<Record<string, Parameter>>;
    readonly required?: readonly string[];
  };
}

function describe({ name, description, params }: Strategy): Described {
  return { name, description, params: z.toJSONSchema(params, { io: 'input' }) as Described['params'] };
}

function strategyText(strategy: Strategy): string {
  const { bold, dim } = colorsOf(process.stdout);
  const { name, description, params } = describe(strategy);
  const rows = Object.entries(params.properties ?? {}).map(([parameter, schema]) => [
    `  ${parameter}`,
    valuesText(schema),
    schema.default === undefined ? 'required' : JSON.stringify(schema.default),
    schema.description ?? null,
  ]);
  return `${bold(name)}  ${dim(description ?? '')}\n${table(['  parameter', 'values', 'default', ''], rows)}`;
}

/** What a parameter may be, in a few words: `whole number 1 …`, `day | week | month`. */
function valuesText(schema: Parameter): string {
  if (schema.enum) return schema.enum.join(' | ');
  if (schema.anyOf) return schema.anyOf.map(valuesText).join(' | ');
  const type = schema.type === 'integer' ? 'whole number' : String(schema.type ?? 'any');
  const above = schema.exclusiveMinimum === undefined ? '' : ` > ${schema.exclusiveMinimum}`;
  const least = schema.minimum === undefined ? above : ` ≥ ${schema.minimum}`;
  const below = schema.exclusiveMaximum === undefined ? '' : ` < ${schema.exclusiveMaximum}`;
  // zod states the bounds of a safe integer, which nobody asked about.
  const most =
    schema.maximum === undefined || schema.maximum >= Number.MAX_SAFE_INTEGER
      ? below
      : ` ≤ ${schema.maximum}`;
  return `${type}${least}${most}`;
}
