import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openDirectoryStore } from '../../src/adapters/local/directory-store.ts';
import { memoryStore } from '../../src/adapters/memory/memory-store.ts';
import { storeContract } from './store-contract.ts';

const opened: string[] = [];
afterAll(() => Promise.all(opened.map((path) => rm(path, { recursive: true, force: true }))));

storeContract('memory', async () => memoryStore());
storeContract('a directory', async () => {
  const path = await mkdtemp(join(tmpdir(), 'backsweep-store-'));
  opened.push(path);
  return openDirectoryStore(path);
});
