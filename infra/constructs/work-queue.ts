import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** How a queue repeats. */
export interface WorkQueueProps {
  /** Six times the timeout of its function, so that no message comes again while it is worked on. */
  readonly visibilitySeconds: number;
  /** Receives before a message is a dead letter. */
  readonly maxReceiveCount: number;
  /** Of its dead letters, where a function takes them; else SQS's 30 s, for the person who looks at them. */
  readonly deadLetterVisibilitySeconds?: number;
}

/** A standard queue and its dead letters, encrypted, TLS only; messages live 4 days, dead ones 14. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    const common = { enforceSSL: true, encryption: QueueEncryption.SQS_MANAGED };
    this.deadLetters = new Queue(this, 'DeadLetters', {
      ...common,
      retentionPeriod: Duration.days(14),
      visibilityTimeout: Duration.seconds(props.deadLetterVisibilitySeconds ?? 30),
    });
    this.queue = new Queue(this, 'Queue', {
      ...common,
      retentionPeriod: Duration.days(4),
      visibilityTimeout: Duration.seconds(props.visibilitySeconds),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.maxReceiveCount },
    });
  }
}
