import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, unlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { InvalidInputError, OutsideError } from '../../contracts/errors.ts';
import { checkKey, checkPrefix } from '../../sweep/keys.ts';
import type { Store, StoredObject } from '../../sweep/ports.ts';
import {
  codeOf,
  fill,
  flushDirectories,
  found,
  isMissing,
  readWhole,
  unlinkIfThere,
  withFile,
  writeFlushed,
} from './flushed-files.ts';

/** Begins with a dot, as no segment of a key does. */
const TEMPORARY = '.tmp';
const DAY_MS = 86_400_000;
/**
 * A store over a directory, shared safely by several processes.
 *
 * An object is written to a temporary file, flushed, and linked to its name: the link fails where the name is taken,
 * so a key is created once and is never seen half written. What killed processes left in `.tmp` is cleaned on opening.
 * The root is created by the first object. Throws OutsideError that names the path for a full or read-only disk.
 */
export async function openDirectoryStore(directory: string): Promise<Store> {
  const root = resolve(directory);
  const temporaries = join(root, TEMPORARY);
  cleanTemporaries(temporaries);

  const pathOf = (key: string) => join(root, ...checkKey(key).split('/'));

  async function putOnce(key: string, bytes: Uint8Array) {
    return (await compare(key, bytes)) ?? (await create(key, bytes)) ?? (await compare(key, bytes))!;
  }

  /** What is there already, without writing: so that a finished sweep can be looked at on a read-only disk. */
  async function compare(key: string, bytes: Uint8Array) {
    const found = await get(key);
    if (found === null) return null;
    return Buffer.compare(found, bytes) === 0 ? 'same' : 'different';
  }

  /** Null where another process created the object meanwhile. */
  async function create(key: string, bytes: Uint8Array) {
    const target = pathOf(key);
    const temporary = join(temporaries, `${hostName()}.${process.pid}.${randomUUID()}`);
    try {
      mkdirSync(temporaries, { recursive: true });
      const firstCreated = mkdirSync(dirname(target), { recursive: true });
      try {
        await writeFlushed(temporary, bytes);
        linkSync(temporary, target);
      } finally {
        unlinkIfThere(temporary);
      }
      await flushDirectories(dirname(target), firstCreated ? dirname(firstCreated) : dirname(target));
      return 'created';
    } catch (cause) {
      if (codeOf(cause) === 'EEXIST' && found(target)?.isFile()) return null;
      throw failure('write', target, cause);
    }
  }

  async function get(key: string, into?: ArrayBuffer) {
    const path = pathOf(key);
    try {
      return await readWhole(path, into);
    } catch (cause) {
      if (isMissing(cause)) return null;
      throw failure('read', path, cause);
    }
  }

  async function getRange(key: string, start: number, end: number) {
    const path = pathOf(key);
    try {
      return await withFile(path, async (file) => {
        const bytes = new Uint8Array(end - start);
        await fill(file, bytes, start);
        return bytes;
      });
    } catch (cause) {
      throw failure('read', path, cause);
    }
  }

  async function size(key: string) {
    const path = pathOf(key);
    try {
      const file = found(path);
      return file?.isFile() ? file.size : null;
    } catch (cause) {
      throw failure('read', path, cause);
    }
  }

  async function* list(prefix: string): AsyncIterable<StoredObject> {
    const parent = checkPrefix(prefix).split('/').slice(0, -1);
    yield* walk(join(root, ...parent), parent.map((segment) => `${segment}/`).join(''), prefix);
  }

  async function remove(key: string) {
    const path = pathOf(key);
    if (!key.startsWith('active/')) {
      throw new InvalidInputError(`store: only markers under active/ are ever deleted, found ${key}`);
    }
    try {
      unlinkSync(path);
      await flushDirectories(dirname(path), dirname(path));
    } catch (cause) {
      if (!isMissing(cause)) throw failure('delete', path, cause);
    }
  }

  return { putOnce, get, getRange, size, list, delete: remove };
}

/** Depth first, in the order of whole keys: a folder sorts by its name with the slash. */
async function* walk(directory: string, keyOfDirectory: string, prefix: string): AsyncIterable<StoredObject> {
  let entries: { name: string; folder: boolean }[];
  try {
    entries = readdirSync(directory, { withFileTypes: true })
      .filter((entry) => !entry.name.startsWith('.'))
      .map((entry) =>
        entry.isDirectory() ? { name: `${entry.name}/`, folder: true } : { name: entry.name, folder: false },
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    if (isMissing(cause)) return;
    throw failure('list', directory, cause);
  }
  for (const { name, folder } of entries) {
    const key = keyOfDirectory + name;
    const path = join(directory, name);
    if (folder) {
      if (key.startsWith(prefix) || prefix.startsWith(key)) yield* walk(path, key, prefix);
    } else if (key.startsWith(prefix)) {
      const file = found(path); // a marker may vanish between the two calls
      if (file) yield { key, bytes: file.size, modifiedMs: file.mtimeMs };
    }
  }
}

const hostName = () => hostname().replaceAll(/[^A-Za-z0-9-]/g, '-');

/** Removes the temporary files of processes of this host that no longer live, and those of other hosts after a day. */
function cleanTemporaries(directory: string) {
  for (const name of namesIn(directory)) {
    const path = join(directory, name);
    const [host, pid] = name.split('.');
    const file = found(path);
    const abandoned =
      host === hostName() ? !isAlive(Number(pid)) : Date.now() - (file?.mtimeMs ?? 0) > DAY_MS;
    if (!file || !abandoned) continue;
    try {
      unlinkSync(path);
    } catch {
      // On a read-only disk they stay: reading goes on, and a write will say what is wrong.
    }
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw failure('list', directory, cause);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

const WAYS_OUT: Record<string, string> = {
  ENOSPC: 'the disk is full; free space, then run the same command again: what is finished is kept',
  EDQUOT: 'the disk quota is used up; free space, then run the same command again: what is finished is kept',
  EROFS: 'the disk is read-only; choose a directory that can be written',
  EACCES: 'permission denied; choose a directory that you may write, or change its permissions',
  EPERM: 'not permitted: the file system may lack hard links (exFAT does); choose a directory on another one',
  ENOTSUP: 'the file system lacks hard links; choose a directory on another one',
  EEXIST: 'something else of that name is in the way; remove it or choose another directory',
  EMFILE: 'too many open files; raise the limit (ulimit -n)',
};

function failure(action: string, path: string, cause: unknown): OutsideError {
  const code = codeOf(cause);
  const text = WAYS_OUT[code ?? ''] ?? (cause instanceof Error ? cause.message : String(cause));
  return new OutsideError(`cannot ${action} ${path}: ${text}${code ? ` (${code})` : ''}`, { cause });
}
