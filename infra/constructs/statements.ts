import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Access, QueueName } from '../access.ts';

/** The resources that access is given to. */
export interface Resources {
  readonly bucket: IBucket;
  readonly queues: Readonly<Record<QueueName | 'shard dead letters', IQueue>>;
  /** The key of the bucket; null = SSE-S3. */
  readonly key: IKey | null;
}

/** The statements that give this access and nothing else, one per kind. */
export function statements(access: Access, { bucket, queues, key }: Resources): PolicyStatement[] {
  const objects = (sid: string, action: string, patterns: readonly string[]) =>
    allow(
      sid,
      [action],
      patterns.map((pattern) => bucket.arnForObjects(pattern)),
    );
  const list = allow('List', ['s3:ListBucket'], access.list.length ? [bucket.bucketArn] : []);
  for (const statement of list) statement.addCondition('StringLike', { 's3:prefix': access.list });
  return [
    ...objects('Get', 's3:GetObject', access.get),
    ...objects('Put', 's3:PutObject', access.put),
    ...objects('Delete', 's3:DeleteObject', access.delete),
    ...list,
    ...allow(
      'Send',
      ['sqs:SendMessage'],
      access.send.map((name) => queues[name].queueArn),
    ),
    ...allow(
      'Consume',
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
      access.consume === null ? [] : [queues[access.consume].queueArn],
    ),
    // Writing needs Decrypt too: S3 checks the key before it accepts the parts of an object.
    ...allow('Key', ['kms:Decrypt', 'kms:GenerateDataKey'], key === null ? [] : [key.keyArn]),
  ];
}

function allow(sid: string, actions: string[], resources: string[]): PolicyStatement[] {
  return resources.length === 0 ? [] : [new PolicyStatement({ sid, actions, resources })];
}
