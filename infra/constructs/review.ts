import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { NAMED_QUERIES } from '../named-queries.ts';
import type { Settings } from '../settings.ts';
import { ATHENA_RESULTS } from './data-bucket.ts';
import type { Tables } from './tables.ts';

/** The Athena workgroup, whose limits a client cannot lift, and the queries a review begins with. */
export class Review extends Construct {
  readonly workGroupName: string;

  constructor(
    scope: Construct,
    id: string,
    settings: Settings,
    bucket: IBucket,
    key: IKey | null,
    tables: Tables,
  ) {
    super(scope, id);
    this.workGroupName = `backsweep-${settings.stage}`;
    const workGroup = new CfnWorkGroup(this, 'WorkGroup', {
      name: this.workGroupName,
      description: `Review of the sweeps of stage ${settings.stage}`,
      // Deletes saved queries and history, which are all in this stack or copies.
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: settings.athenaBytesScannedCutoff,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `s3://${bucket.bucketName}/${ATHENA_RESULTS}`,
          encryptionConfiguration:
            key === null
              ? { encryptionOption: 'SSE_S3' }
              : { encryptionOption: 'SSE_KMS', kmsKey: key.keyArn },
        },
      },
    });
    for (const { name, description, sql } of NAMED_QUERIES) {
      new CfnNamedQuery(this, name, {
        name,
        description,
        queryString: sql,
        database: tables.databaseName,
        workGroup: this.workGroupName,
      }).addResourceDependency(workGroup);
    }
  }
}
