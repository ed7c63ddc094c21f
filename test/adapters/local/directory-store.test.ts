import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDirectoryStore } from '../../../src/adapters/local/directory-store.ts';
import { OutsideError } from '../../../src/contracts/errors.ts';
import { resultFooter } from '../../../src/formats/results-parquet.ts';
import { contents } from '../../support/stores.ts';

const bytes = (size: number) => new Uint8Array(size).fill(7);

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'backsweep-directory-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const host = hostname().replaceAll(/[^A-Za-z0-9-]/g, '-');

describe('temporary files', () => {
  it('are gone after a put, also after one that found the key taken', async () => {
    const path = join(root, 'gone');
    const store = await openDirectoryStore(path);
    await Promise.all([1, 2, 3].map((size) => store.putOnce('final/x', bytes(size))));
    expect(await readdir(join(path, '.tmp'))).toEqual([]);
  });

  it('of processes that died are removed on opening, those of the living and of other hosts are kept', async () => {
    const path = join(root, 'stale');
    await mkdir(join(path, '.tmp'), { recursive: true });
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    const living = `${host}.${process.pid}.a`;
    const foreign = 'another-host-of-theirs.1.b';
    for (const name of [living, foreign, `${host}.${child.pid}.c`])
      await writeFile(join(path, '.tmp', name), 'half');
    const store = await openDirectoryStore(path);
    expect((await readdir(join(path, '.tmp'))).sort()).toEqual([foreign, living].sort());
    expect(await contents(store)).toEqual({}); // and none of them is an object
  });
});

describe('a directory that cannot take an object', () => {
  it('because a file is in the way says so and names the path', async () => {
    const path = join(root, 'way');
    await mkdir(path);
    await writeFile(join(path, 'final'), 'a file');
    const store = await openDirectoryStore(path);
    const put = store.putOnce('final/x', bytes(1));
    await expect(put).rejects.toThrow(OutsideError);
    await expect(put).rejects.toThrow(join(path, 'final', 'x'));
  });

  it('because a directory has the name of the key is refused, not taken for the object', async () => {
    const path = join(root, 'folder');
    await mkdir(join(path, 'final', 'x'), { recursive: true });
    const store = await openDirectoryStore(path);
    await expect(store.putOnce('final/x', bytes(1))).rejects.toThrow(/something else of that name/);
  });

  // The administrator may write everywhere, so this is for everybody else; the read-only disk below is for all.
  it.runIf(process.getuid?.() !== 0)('because of its permissions says so', async () => {
    const path = join(root, 'denied');
    await mkdir(path);
    await chmod(path, 0o500);
    const store = await openDirectoryStore(path);
    await expect(store.putOnce('final/x', bytes(1))).rejects.toThrow(/permission denied.*EACCES/);
  });
});

/** Whether this process may mount: then a tiny disk can really be full, or read-only. */
function mayMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', tmpdir()], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

describe.runIf(mayMount())('a tiny disk', () => {
  let disk: string;
  const mount = (...options: string[]) => execFileSync('mount', [...options, disk]);
  beforeAll(async () => {
    disk = join(root, 'disk');
    await mkdir(disk);
    mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs');
  });
  afterAll(() => execFileSync('umount', [disk]));

  it('that is full says so, keeps what is there and leaves no part; with space it goes on', async () => {
    const store = await openDirectoryStore(disk);
    await store.putOnce('results/a', bytes(10_000));
    const put = store.putOnce('results/b', bytes(100_000));
    await expect(put).rejects.toThrow(OutsideError);
    await expect(put).rejects.toThrow(/results\/b: the disk is full; free space.*ENOSPC/);
    expect(Object.keys(await contents(store))).toEqual(['results/a']);
    expect(await readdir(join(disk, '.tmp'))).toEqual([]);
    expect(await store.putOnce('results/b', bytes(10_000))).toBe('created');
  });

  it('that is read-only can be read and finished work compared, and refuses new objects with the reason', async () => {
    mount('-o', 'remount,ro');
    try {
      const store = await openDirectoryStore(disk);
      expect(await store.get('results/a')).toEqual(bytes(10_000));
      expect(await store.putOnce('results/a', bytes(10_000))).toBe('same');
      await expect(store.putOnce('results/c', bytes(1))).rejects.toThrow(/read-only.*EROFS/);
      await store.delete('active/none');
    } finally {
      mount('-o', 'remount,rw');
    }
  });
});

describe('a sweep in processes of its own', () => {
  const program = fileURLToPath(new URL('../../support/sweep-process.mjs', import.meta.url));
  const start = (path: string) =>
    spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  async function finished(child: ChildProcess): Promise<{ status: string; okRuns: number }> {
    let output = '';
    child.stdout!.on('data', (chunk) => {
      output += chunk;
    });
    expect(await once(child, 'close')).toEqual([0, null]);
    return JSON.parse(output.trim().split('\n').at(-1)!);
  }
  let expected: Record<string, string>;
  beforeAll(async () => {
    const path = join(root, 'whole');
    expect(await finished(start(path))).toMatchObject({ status: 'complete', okRuns: 40 });
    expected = await contents(await openDirectoryStore(path));
    expect(Object.keys(expected).length).toBe(32);
  });

  it('loses no finished shard and leaves no broken object when killed with -9, and ends with the same bytes', async () => {
    const path = join(root, 'killed');
    let before: Record<string, string> = {};
    for (const shards of [1, 12]) {
      const child = start(path);
      let output = '';
      child.stdout!.on('data', (chunk) => {
        output += chunk;
        if (output.includes(`shard ${shards}\n`)) child.kill('SIGKILL');
      });
      expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
      const store = await openDirectoryStore(path);
      const now = await contents(store);
      expect(now).toMatchObject(before); // what was there is still there
      const results = Object.keys(now).filter((key) => key.startsWith('results/'));
      expect(results.length).toBeGreaterThanOrEqual(shards);
      for (const key of results) expect(resultFooter((await store.get(key))!, key).rows).toBe(2);
      expect(Object.keys(now).filter((key) => key.startsWith('final/'))).toEqual([]);
      expect(await readdir(join(path, '.tmp'))).toEqual([]);
      before = now;
    }
    expect(await finished(start(path))).toMatchObject({ status: 'complete', okRuns: 40 });
    expect(await contents(await openDirectoryStore(path))).toEqual(expected);
  });

  it('shares a directory with another one that runs the same sweep', async () => {
    const path = join(root, 'shared');
    const [first, second] = await Promise.all([finished(start(path)), finished(start(path))]);
    expect(first).toEqual(second);
    expect(await contents(await openDirectoryStore(path))).toEqual(expected);
    expect(await readdir(join(path, '.tmp'))).toEqual([]);
  });
});
