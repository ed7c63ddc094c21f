import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installMinistack, startMinistack } from './ministack.mjs';

/*
 * `npm run test:stack`: deploys the stack of stage `e2e` to ministack on loopback, runs the suite of this folder against it,
 * and takes everything away again. With E2E_AWS=1 to the account and AWS_REGION of the environment instead, which must be
 * bootstrapped for the CDK.
 */
const folder = mkdtempSync(join(tmpdir(), 'backsweep-stack-'));
let emulator;
let child;
// Interrupted, the child ends first: it has a stack to destroy.
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => child?.kill(name));

try {
  if (process.env.E2E_AWS !== '1') emulator = await startMinistack(await installMinistack(), folder);
  const script = fileURLToPath(new URL('./deployed.mjs', import.meta.url));
  child = spawn(process.execPath, [script, folder], {
    stdio: 'inherit',
    env: {
      ...process.env,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      ...emulator?.environment,
    },
  });
  process.exitCode = await new Promise((resolve, reject) => {
    child.once('error', reject).once('exit', (code) => resolve(code ?? 1));
  });
  if (emulator && process.exitCode !== 0) {
    console.error(readFileSync(join(folder, 'ministack.log'), 'utf8').split('\n').slice(-80).join('\n'));
  }
} finally {
  await emulator?.stop();
  rmSync(folder, { recursive: true, force: true });
}
