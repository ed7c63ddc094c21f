const MAX_DEPTH = 16;
const STOP = 0;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;
/** Bytes of the fixed-size types by type number; booleans in a struct stand in the type itself. */
const FIXED: Readonly<Record<number, number>> = { 3: 1, 7: 8 };

/**
 * Walks one Thrift compact struct without building anything, and returns the offset behind it.
 *
 * Parquet's headers are such structs, and a decoder that believes their list lengths allocates whatever they say.
 * @throws Error for a struct nested deeper than 16, a list or text longer than the bytes left, or an unknown type
 */
export function skipThriftStruct(view: DataView, start: number, depth = 0): number {
  if (depth > MAX_DEPTH) throw new Error(`expected at most ${MAX_DEPTH} nested structs`);
  let offset = start;
  for (;;) {
    const byte = view.getUint8(offset++);
    const type = byte & 0x0f;
    if (type === STOP) return offset;
    if (byte >> 4 === 0) offset = skipVarint(view, offset);
    // 1 and 2 are true and false, without bytes of their own.
    if (type > 2) offset = skipValue(view, offset, type, depth);
  }
}

function skipValue(view: DataView, start: number, type: number, depth: number): number {
  const fixed = FIXED[type];
  if (fixed !== undefined) return start + fixed;
  if (type >= 4 && type <= 6) return skipVarint(view, start);
  if (type === STRUCT) return skipThriftStruct(view, start, depth + 1);
  if (type === BINARY) {
    const [length, offset] = readVarint(view, start);
    if (length > view.byteLength - offset) throw new Error(`a text of ${length} bytes goes beyond the end`);
    return offset + length;
  }
  if (type === LIST) return skipList(view, start, depth);
  throw new Error(`unknown field type ${type}`);
}

function skipList(view: DataView, start: number, depth: number): number {
  if (depth > MAX_DEPTH) throw new Error(`expected at most ${MAX_DEPTH} nested lists`);
  const byte = view.getUint8(start);
  const type = byte & 0x0f;
  let [length, offset] = [byte >> 4, start + 1];
  if (length === 15) [length, offset] = readVarint(view, offset);
  // Every element takes at least one byte.
  if (length > view.byteLength - offset) throw new Error(`a list of ${length} elements goes beyond the end`);
  for (let i = 0; i < length; i++) {
    offset = type <= 2 ? offset + 1 : skipValue(view, offset, type, depth + 1);
  }
  return offset;
}

function skipVarint(view: DataView, start: number): number {
  let offset = start;
  while (view.getUint8(offset++) & 0x80) {
    if (offset - start >= 10) throw new Error('a number of more than ten bytes');
  }
  return offset;
}

/** An unsigned LEB128 number and the offset behind it. */
export function readVarint(view: DataView, start: number): [value: number, offset: number] {
  let [value, scale, offset] = [0, 1, start];
  for (;;) {
    const byte = view.getUint8(offset++);
    value += (byte & 0x7f) * scale;
    if (!(byte & 0x80)) return [value, offset];
    scale *= 128;
    if (offset - start >= 5) throw new Error('a length of more than 32 bits');
  }
}
