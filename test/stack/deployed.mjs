import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DeleteObjectsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';

/*
 * Deploys the stack to where the environment points, runs the suite, and destroys the stack, whatever happened: see run.mjs,
 * which gives the folder for whatever is made on the way.
 */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const STACK = 'backsweep-e2e';
const SUITE_MS = 10 * 60_000;
const CDK_MS = 15 * 60_000;
const BATCHES = ['sqs:SendMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'];
const emulated = process.env.E2E_AWS !== '1';
const folder = process.argv[2];
const assembly = join(folder, 'cdk.out');
const outputsFile = join(folder, 'outputs.json');

let interrupted = false;
let suite;
for (const name of ['SIGINT', 'SIGTERM']) {
  process.on(name, () => {
    interrupted = true;
    suite?.kill('SIGTERM');
  });
}

/** Starts a program of node_modules. */
function start(program, args, stdio, env) {
  const path = join(ROOT, 'node_modules', program);
  return spawn(process.execPath, [path, ...args], { cwd: ROOT, stdio, env: { ...process.env, ...env } });
}

/** The exit code of a program, which is killed when its time is up. */
function ended(child, limitMs) {
  const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('exit', (code) => {
      clearTimeout(limit);
      resolve(code ?? 1);
    });
  });
}

/** Runs a command of the CDK; what it says, some hundred lines, is told only when it fails. */
async function cdk(...args) {
  console.log(`cdk ${args[0]}`);
  const file = join(folder, `cdk-${args[0]}.log`);
  const log = openSync(file, 'w');
  const program = start('aws-cdk/bin/cdk', args, ['ignore', log, log], { CI: '1', NO_COLOR: '1' });
  const code = await ended(program, CDK_MS);
  closeSync(log);
  if (code === 0) return;
  throw new Error(
    `cdk ${args[0]}: expected exit code 0, found ${code}:\n${readFileSync(file, 'utf8').slice(-8_000)}`,
  );
}

/** Takes out of the template what ministack does not know; test/infra looks after both. */
function fitToMinistack() {
  const file = join(assembly, `${STACK}.template.json`);
  const template = JSON.parse(readFileSync(file, 'utf8'));
  for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
    // "Unrecognized resource types".
    if (Type === 'AWS::Athena::NamedQuery') delete template.Resources[id];
    // It takes the condition key s3:if-none-match for absent, always, and would refuse every put.
    const policy = Properties.PolicyDocument;
    if (policy) policy.Statement = policy.Statement.filter(({ Sid }) => Sid !== 'CreateOnce');
    // Nobody wants to wait for five minutes.
    if (Type === 'AWS::Events::Rule') Properties.ScheduleExpression = 'rate(1 minute)';
    // It wants an action of its own for each batch, which IAM does not have: permission for one message is for ten.
    for (const { PolicyDocument } of Properties.Policies ?? []) {
      for (const statement of PolicyDocument.Statement) {
        const actions = [statement.Action].flat();
        const batches = actions
          .filter((action) => BATCHES.includes(action))
          .map((action) => `${action}Batch`);
        statement.Action = [...actions, ...batches];
      }
    }
  }
  writeFileSync(file, JSON.stringify(template));
}

/** The outputs of the stack, where it was deployed. */
function outputs() {
  const found = JSON.parse(readFileSync(outputsFile, 'utf8'))[STACK];
  if (!emulated) return found;
  // No name server knows the host that ministack gives its API; it answers under this path as well.
  const [id] = new URL(found.ApiUrl).hostname.split('.');
  return { ...found, ApiUrl: `${process.env.AWS_ENDPOINT_URL}/_aws/execute-api/${id}` };
}

async function emptyBucket(Bucket) {
  const s3 = new S3Client({});
  for (;;) {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    if (Contents.length === 0) return;
    const Objects = Contents.map(({ Key }) => ({ Key }));
    const { Errors = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    );
    if (Errors.length > 0)
      throw new Error(`cannot delete ${Errors[0].Key} of ${Bucket}: ${Errors[0].Message}`);
  }
}

await cdk('synth', '--quiet', '--output', assembly, '--context', 'stage=e2e');
if (emulated) {
  await cdk('bootstrap', 'aws://000000000000/us-east-1', '--quiet');
  fitToMinistack();
}
let code = 1;
try {
  await cdk('deploy', '--app', assembly, '--require-approval', 'never', '--outputs-file', outputsFile);
  const args = ['run', '--config', 'test/stack/vitest.config.ts'];
  const env = { E2E_STACK: JSON.stringify(outputs()), E2E_FOLDER: folder };
  if (!interrupted) {
    suite = start('vitest/vitest.mjs', args, 'inherit', env);
    code = await ended(suite, SUITE_MS);
  }
} finally {
  // Without outputs, it did not come to a bucket with anything in it.
  if (existsSync(outputsFile)) await emptyBucket(outputs().BucketName);
  await cdk('destroy', '--app', assembly, '--force');
}
process.exitCode = interrupted ? 1 : code;
