import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { type EmulatorProxy, startProxy } from './emulator-proxy.ts';

/** S3 and SQS on loopback. */
export interface Emulator extends EmulatorProxy {
  readonly server: FauxqsServer;
  /** What a process of the tests needs in its environment to reach it. */
  readonly environment: Readonly<Record<string, string>>;
  createQueue(name: string, attributes?: Record<string, string>): { url: string; arn: string };
}

/** Any credentials will do; the variables also keep the SDK from looking for others. */
const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'us-east-1',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

/** Starts fauxqs behind the proxy that gives it conditional writes, LIST in order, and faults. */
export async function startEmulator(): Promise<Emulator> {
  const server = await startFauxqs({ port: 0, logger: false });
  const proxy = await startProxy(server.port, new URL(server.createQueue('any').queueUrl).origin);
  return {
    ...proxy,
    server,
    environment: { ...CREDENTIALS, AWS_ENDPOINT_URL: proxy.endpoint },
    createQueue(name, attributes = {}) {
      const { queueUrl, queueArn } = server.createQueue(name, { attributes });
      return { url: `https://sqs.us-east-1.amazonaws.com${new URL(queueUrl).pathname}`, arn: queueArn };
    },
    async stop() {
      await proxy.stop();
      await server.stop();
    },
  };
}
