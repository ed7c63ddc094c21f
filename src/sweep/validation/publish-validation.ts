import { OutsideError } from '../../contracts/errors.ts';
import { type ValidationSummary, validationSummarySchema } from '../../contracts/validation-summary.ts';
import { canonicalJson, sha256Hex } from '../../formats/canonical-json.ts';
import { encodeResults, type ResultTable, resultFooter, resultTable } from '../../formats/results-parquet.ts';
import type { AggregateInput } from '../aggregate-input.ts';
import type { ValidationTable } from '../further-tables.ts';
import { tableKey } from '../keys.ts';
import type { Store } from '../ports.ts';
import { validateSweep } from './validate-sweep.ts';
import { WALK_FORWARD_COLUMNS, WALK_FORWARD_EQUITY_COLUMNS } from './walk-forward-tables.ts';
import type { WindowChoices } from './window-choices.ts';

/**
 * Validates a sweep and puts what came of it: walk_forward_equity, then walk_forward, which carries the summary. Both are
 * empty, and the summary null, where the sweep asks for no validation.
 *
 * What is there already is kept and its summary given: only a nondeterministic strategy could make a replay differ.
 *
 * @param leaders the leaderboard as published
 * @param tables gets the sha256 of both by key
 */
export async function publishValidation(
  store: Store,
  generation: number,
  input: AggregateInput,
  choices: WindowChoices | null,
  leaders: ResultTable,
  tables: Record<string, string>,
): Promise<ValidationSummary | null> {
  const layout = input.plan.validation;
  const keyOf = (table: ValidationTable) => tableKey(table, input.plan.sweepId, generation);
  const [key, equityKey] = [keyOf('walk_forward'), keyOf('walk_forward_equity')];
  if ((await store.size(key)) === null) {
    const made =
      layout && choices
        ? await validateSweep(store, generation, input, layout, choices, leaders)
        : { summary: null, walkForward: NO_WINDOWS, equity: NO_EQUITY };
    await store.putOnce(equityKey, encodeResults(made.equity, {}));
    await store.putOnce(
      key,
      encodeResults(made.walkForward, made.summary ? { validation: canonicalJson(made.summary) } : {}),
    );
  }
  const bytes = (await store.get(key))!;
  tables[equityKey] = sha256Hex((await store.get(equityKey))!);
  tables[key] = sha256Hex(bytes);
  const { validation } = resultFooter(bytes, key).metadata;
  if (validation === undefined) return null;
  const found = validationSummarySchema.safeParse(JSON.parse(validation));
  if (found.success) return found.data;
  throw new OutsideError(
    `${key}: expected the validation that it was made with, found ${validation.slice(0, 60)}`,
  );
}

const NO_WINDOWS = resultTable(WALK_FORWARD_COLUMNS, 0);
const NO_EQUITY = resultTable(WALK_FORWARD_EQUITY_COLUMNS, 0);
