import * as z from 'zod';
import { InvalidInputError } from '../contracts/errors.ts';
import { shown } from '../contracts/expected.ts';
import { suggestName } from '../contracts/nearest.ts';
import type { RebalanceEvent } from '../contracts/rebalance-event.ts';
import { resolveEvents, type Snap } from './resolve-events.ts';
import { defineStrategy } from './strategy.ts';

/** Rebalance events by the name that the parameter `file` gives, read and checked before any run. */
export type InstructionFiles = ReadonlyMap<string, readonly RebalanceEvent[]>;

/**
 * The strategy that plays back rebalance events of someone else's pipeline, one file a run.
 *
 * @param files by name, exactly as in the parameter; none is read here
 * @param snap what becomes of an event whose time is no bar
 */
export function instructionsStrategy(files: InstructionFiles, snap: Snap = 'none') {
  return defineStrategy({
    name: 'instructions',
    description: 'Plays back the rebalance events of a JSON, CSV or Parquet file',
    params: z.strictObject({
      file: z.string().min(1).describe('The file of rebalance events, relative to the sweep file'),
    }),
    warmup: () => 0,
    events(bars, { file }) {
      const events = files.get(file);
      if (events) return resolveEvents(events, bars, { snap });
      const known = [...files.keys()];
      throw new InvalidInputError(
        `strategy instructions, parameter file: expected a file that was read, found ${shown(file)}; ` +
          suggestName(file, known),
      );
    },
  });
}
