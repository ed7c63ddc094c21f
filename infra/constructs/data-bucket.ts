import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { CREATE_ONCE } from '../access.ts';
import type { Settings } from '../settings.ts';

/** Keys of query results, whose only reader is Athena. */
export const ATHENA_RESULTS = 'athena-results/';

/**
 * The bucket that is the only source of truth: TLS only, private, and closed to any overwriting of what a sweep made.
 *
 * `key` null = SSE-S3.
 */
export function dataBucket(scope: Construct, settings: Settings, key: IKey | null): Bucket {
  const bucket = new Bucket(scope, 'Data', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    ...(key === null
      ? { encryption: BucketEncryption.S3_MANAGED }
      : { encryption: BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }),
    removalPolicy: settings.removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    lifecycleRules: [
      { id: 'athena-results', prefix: ATHENA_RESULTS, expiration: Duration.days(settings.athenaResultsDays) },
      { id: 'usage', prefix: 'usage/', expiration: Duration.days(settings.usageDays) },
      { id: 'aborted-uploads', abortIncompleteMultipartUploadAfter: Duration.days(2) },
    ],
  });
  // Holds for everyone, the deployer included. Multipart uploads and copies cannot state the condition when they
  // begin and are refused as well: no object of a sweep is large enough to need them.
  bucket.addToResourcePolicy(
    new PolicyStatement({
      sid: 'CreateOnce',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['s3:PutObject'],
      resources: CREATE_ONCE.map((pattern) => bucket.arnForObjects(pattern)),
      conditions: { Null: { 's3:if-none-match': 'true' } },
    }),
  );
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      'Server access logs would double the objects of a sweep. Who may write is one role per function, what is ' +
      'written is create-once by policy; data events of CloudTrail tell more where an audit wants them.',
  });
  return bucket;
}
