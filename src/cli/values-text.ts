/** A field as JSON Schema describes it, as far as its values are told in words. */
export interface FieldSchema {
  readonly type?: unknown;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly FieldSchema[];
  readonly items?: FieldSchema;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
}

/** What a field may be, in a few words: `whole number ≥ 1`, `day | week | month`, `swept: number > 0`. */
export function valuesText(schema: FieldSchema): string {
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum) return schema.enum.join(' | ');
  if (schema.anyOf) return alternativesText(schema.anyOf);
  if (schema.type === 'array') return `list of ${schema.items ? valuesText(schema.items) : 'any'}`;
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

/** A field that also takes a list or a range of what it takes alone is swept; only what it takes alone is told. */
function alternativesText(alternatives: readonly FieldSchema[]): string {
  const isMany = (one: FieldSchema) => one.type === 'array' || one.properties?.step !== undefined;
  const alone = alternatives.filter((one) => !isMany(one));
  if (alone.length === 0 || alone.length === alternatives.length) {
    return [...new Set(alternatives.map(valuesText))].join(' | ');
  }
  const words = [...new Set(alone.map(valuesText))].join(' | ');
  return words.startsWith('swept: ') ? words : `swept: ${words}`;
}
