import { Command } from 'commander';
import { sweepJsonSchema } from '../../contracts/json-schema.ts';
import { printJson } from '../terminal.ts';

/** `backsweep schema`. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the JSON Schema of the sweep file, with which editors complete and check it')
    .option('--json', 'it is JSON anyway')
    .addHelpText(
      'after',
      '\nExample:\n  $ backsweep schema > sweep.schema.json\n  and as the first line of the sweep file:\n  # yaml-language-server: $schema=./sweep.schema.json\n',
    )
    .action(() => printJson(sweepJsonSchema()));
}
