import {
  closeSync,
  fstatSync,
  fsync,
  openSync,
  read,
  readSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFile,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/** Up to here a file is read at once. */
const SMALL = 2 ** 16;

/*
 * Names are looked up, made and removed at once, which takes microseconds; to have a thread of Node's do it takes a hundred.
 * What moves bytes, or waits for the disk, goes to a thread.
 */
const readAsync = promisify(read);
const writeFileAsync = promisify(writeFile);
const fsyncAsync = promisify(fsync);

/** A whole file, which never changes: in `into` where it fits. */
export function readWhole(path: string, into: ArrayBuffer | undefined): Promise<Uint8Array> {
  return withFile(path, async (file) => {
    const size = sizeOf(file);
    const bytes = into && size <= into.byteLength ? new Uint8Array(into, 0, size) : new Uint8Array(size);
    await fill(file, bytes, 0);
    return bytes;
  });
}

/** Opens a file or directory to read, for as long as `use` takes. */
export async function withFile<T>(path: string, use: (file: number) => Promise<T>): Promise<T> {
  const file = openSync(path, 'r');
  try {
    return await use(file);
  } finally {
    closeSync(file);
  }
}

/** The length of an open file; a directory is none. */
function sizeOf(file: number): number {
  const stats = fstatSync(file);
  if (stats.isDirectory()) throw Object.assign(new Error('it is a directory'), { code: 'EISDIR' });
  return stats.size;
}

/** Reads until `bytes` are full. */
export async function fill(file: number, bytes: Uint8Array, start: number): Promise<void> {
  let filled = 0;
  while (filled < bytes.length) {
    const left = bytes.length - filled;
    const count =
      left <= SMALL
        ? readSync(file, bytes, filled, left, start + filled)
        : (await readAsync(file, bytes, filled, left, start + filled)).bytesRead;
    if (count === 0) throw new Error(`it has no bytes ${start} to ${start + bytes.length}`);
    filled += count;
  }
}

/** What is at a path; undefined for nothing. */
export function found(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    ignoreMissing(error);
    return undefined;
  }
}

/** Removes a file; nothing where there is none. */
export function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    ignoreMissing(error);
  }
}

/** Writes a new file and waits until the disk has it. */
export async function writeFlushed(path: string, bytes: Uint8Array) {
  const file = openSync(path, 'wx');
  try {
    await writeFileAsync(file, bytes, { flush: true });
  } finally {
    closeSync(file);
  }
}

/** Makes new names last: a name is lost with its directory's unflushed pages, however safe the file itself is. */
export async function flushDirectories(from: string, to: string) {
  if (process.platform === 'win32') return; // directories cannot be opened there
  const directories = [from];
  for (let path = from; path !== to && path !== dirname(path); ) {
    path = dirname(path);
    directories.push(path);
  }
  await Promise.all(directories.map((path) => withFile(path, (directory) => fsyncAsync(directory))));
}

/** The code of an error of the system, `ENOENT` say. */
export const codeOf = (error: unknown) => (error as NodeJS.ErrnoException | null)?.code;

/** Whether an error says that there is no such file. */
export const isMissing = (error: unknown) => ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error) ?? '');

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}
