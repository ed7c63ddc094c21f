import { Command } from 'commander';
import * as z from 'zod';
import { STRATEGIES, strategyByName } from '../../strategies/catalog.ts';
import type { Strategy } from '../../strategies/strategy.ts';
import { table } from '../table.ts';
import { colorsOf, print, printJson } from '../terminal.ts';
import { type FieldSchema, valuesText } from '../values-text.ts';

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

interface Described {
  readonly name: string;
  readonly description: string | undefined;
  readonly params: {
    readonly properties?: Readonly<Record<string, FieldSchema>>;
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
