/** The part of parquetjs-lite that writes the per-sweep tables; the package has no types of its own. */
declare module 'parquetjs-lite' {
  import type { Writable } from 'node:stream';

  interface Field {
    readonly type: 'UTF8' | 'DOUBLE' | 'INT32';
    readonly optional?: boolean;
    readonly compression?: 'SNAPPY';
  }

  export class ParquetSchema {
    constructor(fields: Readonly<Record<string, Field>>);
  }

  export class ParquetWriter {
    static openStream(schema: ParquetSchema, stream: Writable): Promise<ParquetWriter>;
    appendRow(row: Readonly<Record<string, string | number>>): Promise<void>;
    close(): Promise<void>;
  }
}
