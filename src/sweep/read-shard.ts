import { OutsideError } from '../contracts/errors.ts';
import type { Plan } from '../contracts/plan.ts';
import {
  decodeResults,
  numbersOf,
  type ResultColumn,
  type ResultValues,
  resultFooter,
  tableRoom,
} from '../formats/results-parquet.ts';
import { resultKey } from './keys.ts';
import { shardRange } from './plan.ts';
import type { Store } from './ports.ts';

/** The columns asked for of one shard's object, checked to be exactly the shard's rows of this sweep. */
export const readShard = (store: Store, plan: Plan, shard: number, columns: readonly ResultColumn[]) =>
  shardReader(store, plan, columns)(shard);

/** Memory for readers of which one reads at a time: for the bytes of an object, and for the numbers in it. */
export interface ReadMemory {
  bytes: ArrayBuffer;
  numbers: Float64Array<ArrayBuffer>;
}

/** Memory that grows with what is read; for so many numbers from the beginning. */
export const readMemory = (numbers = 0): ReadMemory => ({
  bytes: new ArrayBuffer(0),
  numbers: new Float64Array(numbers),
});

/**
 * Reads shard after shard as `readShard` does, in the same memory: the rows of one hold until the next.
 *
 * With `textRows`, ascending, texts of other rows may be null.
 */
export function shardReader(
  store: Store,
  plan: Plan,
  columns: readonly ResultColumn[],
  memory = readMemory(),
): (shard: number, textRows?: readonly number[]) => Promise<ReadonlyMap<string, ResultValues>> {
  const most = Math.min(plan.shardRuns, plan.runs);
  const numbers = numbersOf(columns, most);
  if (memory.numbers.length < numbers) memory.numbers = new Float64Array(numbers);
  const room = tableRoom(columns, most, [], memory.numbers);
  return async (shard, textRows) => {
    const key = resultKey(plan.sweepId, shard);
    const bytes = await store.get(key, memory.bytes);
    if (bytes === null) throw new OutsideError(`${key}: expected the result that was listed, found none`);
    // Objects of the sweep are about as large as each other.
    if (bytes.length > memory.bytes.byteLength) {
      memory.bytes = new ArrayBuffer(Math.ceil(1.1 * bytes.length));
    }
    return checkedRows(plan, shard, columns, key, bytes, room, textRows);
  };
}

async function checkedRows(
  plan: Plan,
  shard: number,
  columns: readonly ResultColumn[],
  key: string,
  bytes: Uint8Array,
  room: ReturnType<typeof tableRoom>,
  textRows: readonly number[] | undefined,
): Promise<ReadonlyMap<string, ResultValues>> {
  const { first, count } = shardRange(plan, shard);
  const footer = resultFooter(bytes, key);
  const { metadata } = footer;
  if (metadata.sweep_id !== plan.sweepId || metadata.shard !== String(shard)) {
    throw new OutsideError(
      `${key}: expected the rows of shard ${shard}, found those of ${metadata.sweep_id}/${metadata.shard}`,
    );
  }
  const rows = await decodeResults(bytes, columns, count, key, { footer, table: room(count), textRows });
  const index = rows.get('run_index');
  for (let i = 0; index && i < count; i++) {
    if (index[i] !== first + i) {
      throw new OutsideError(`${key}: expected run ${first + i} at row ${i}, found ${index[i]}`);
    }
  }
  return rows;
}
