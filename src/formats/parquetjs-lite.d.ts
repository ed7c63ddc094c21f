/** The part of parquetjs-lite that writes the per-sweep tables; the package is CommonJS and has no types of its own. */
declare module 'parquetjs-lite' {
  import type { Writable } from 'node:stream';

  interface Field {
    readonly type: 'UTF8' | 'DOUBLE' | 'INT32';
    readonly optional?: boolean;
    readonly compression?: 'SNAPPY';
  }

  interface Schema {
    readonly schema: Readonly<Record<string, Field>>;
  }

  interface RowWriter {
    appendRow(row: Readonly<Record<string, string | number>>): Promise<void>;
    close(): Promise<void>;
  }

  const parquet: {
    readonly ParquetSchema: new (fields: Readonly<Record<string, Field>>) => Schema;
    readonly ParquetWriter: { openStream(schema: Schema, stream: Writable): Promise<RowWriter> };
  };
  export default parquet;
}
