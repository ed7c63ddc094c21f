import { Stack } from 'aws-cdk-lib';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { type SweepTable, TABLES } from '../../lambdas/tables.ts';
import type { Settings } from '../settings.ts';

const GLUE_TYPES = { INT32: 'int', DOUBLE: 'double', UTF8: 'string', BOOLEAN: 'boolean' } as const;

/** The tables of sweeps for Athena: no crawler and no repair, since partitions follow from the `sweep_id` asked for. */
export class Tables extends Construct {
  readonly databaseName: string;

  constructor(scope: Construct, id: string, settings: Settings, bucket: IBucket) {
    super(scope, id);
    this.databaseName = `backsweep_${settings.stage.replaceAll('-', '_')}`;
    const database = new CfnDatabase(this, 'Database', {
      catalogId: Stack.of(this).account,
      databaseInput: { name: this.databaseName, description: `Sweeps of stage ${settings.stage}` },
    });
    for (const table of TABLES) {
      new CfnTable(this, table.name, {
        catalogId: Stack.of(this).account,
        databaseName: this.databaseName,
        tableInput: tableInput(table, bucket),
      }).addResourceDependency(database);
    }
  }
}

function tableInput(table: SweepTable, bucket: IBucket): CfnTable.TableInputProperty {
  const location = `s3://${bucket.bucketName}/${table.prefix}/`;
  return {
    name: table.name,
    description: table.description,
    tableType: 'EXTERNAL_TABLE',
    parameters: {
      classification: 'parquet',
      EXTERNAL: 'TRUE',
      ...(table.bySweep
        ? {
            'projection.enabled': 'true',
            // Injected: a query must say which sweep it wants, so none reads the whole bucket by accident.
            'projection.sweep_id.type': 'injected',
            'storage.location.template': `${location}sweep_id=\${sweep_id}/`,
          }
        : {}),
    },
    partitionKeys: table.bySweep ? [{ name: 'sweep_id', type: 'string' }] : [],
    storageDescriptor: {
      columns: table.columns.map(({ name, type }) => ({ name, type: GLUE_TYPES[type] })),
      location,
      inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
      // Columns resolve by name: the typed axis columns of a shard, which no fixed table can have, do not disturb.
      serdeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
    },
  };
}
