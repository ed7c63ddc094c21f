import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pythonEnvironment } from '../support/python-environment.mjs';

const REQUIREMENTS = fileURLToPath(new URL('./requirements.txt', import.meta.url));
const START_MS = 30_000;
const STOP_MS = 5_000;

/** Installs ministack and gives the path of the program. */
export async function installMinistack() {
  return join(await pythonEnvironment('ministack', REQUIREMENTS), 'ministack');
}

/**
 * Starts ministack on a free port of loopback, with what an account has that an emulator usually lacks: it checks signatures and
 * the roles of the functions, and speaks TLS, since the policies of the stack refuse anything else.
 *
 * @param program see `installMinistack`
 * @param folder for its files and its log, `ministack.log`
 */
export async function startMinistack(program, folder) {
  const port = await freePort();
  mkdirSync(join(folder, 'tmp'));
  const log = openSync(join(folder, 'ministack.log'), 'a');
  const child = spawn(program, [], {
    // A group of its own: its functions are processes that must not outlive it.
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      TMPDIR: join(folder, 'tmp'),
      STATE_DIR: join(folder, 'state'),
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: 'localhost',
      GATEWAY_PORT: String(port),
      AUTH: 'true',
      USE_SSL: '1',
      IOT_MTLS_ENABLED: '0', // would listen on all interfaces
      LOG_LEVEL: 'INFO',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  });
  closeSync(log);
  const ended = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
  const signal = (name) => {
    try {
      process.kill(-child.pid, name);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error; // nobody is left
    }
  };
  const stop = async () => {
    if (child.pid === undefined) return;
    signal('SIGTERM');
    await Promise.race([ended, sleep(STOP_MS)]);
    signal('SIGKILL');
    await ended;
  };
  const certificate = join(folder, 'tmp', 'ministack-tls', 'server.crt');
  try {
    await listening(folder, () => child.exitCode !== null || child.pid === undefined);
  } catch (error) {
    await stop();
    throw error;
  }
  /** What a process needs in its environment to take ministack for AWS; `test` is the key of the root of the account. */
  const environment = {
    AWS_ENDPOINT_URL: `https://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    NODE_EXTRA_CA_CERTS: certificate,
    AWS_CA_BUNDLE: certificate,
    NO_PROXY: '127.0.0.1,localhost',
    no_proxy: '127.0.0.1,localhost',
  };
  return { environment, stop };
}

async function listening(folder, hasEnded) {
  const text = () => readFileSync(join(folder, 'ministack.log'), 'utf8');
  for (const until = Date.now() + START_MS; Date.now() < until; await sleep(100)) {
    if (/Running on https:/.test(text())) return;
    if (hasEnded()) break;
  }
  throw new Error(
    `expected ministack to listen within ${START_MS / 1000} s, found:\n${text().slice(-2_000)}`,
  );
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .once('error', reject)
      .listen(0, '127.0.0.1', () => {
        const { port } = server.address();
        server.close(() => resolve(port));
      });
  });
}
