import * as z from 'zod';
import { sweepSpec } from './sweep-spec.ts';

/**
 * The JSON Schema (draft 7, which editors know) of the sweep file, with a description of every field.
 *
 * It states types, ranges and names; what relates fields to each other is checked when the file is read.
 */
export function sweepJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(sweepSpec, { io: 'input', target: 'draft-7' });
  return { ...schema, title: 'backsweep sweep file' };
}
