/**
 * The part of WebAssembly that the core uses, in types of its own: neither ES2023 nor the types of Node.js declare it.
 */

/** Memory that grows in pages of 64 KiB and may be posted to a thread. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

interface WebAssemblyApi {
  readonly Memory: new (size: { initial: number; maximum: number; shared: true }) => SharedMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { env: { memory: SharedMemory } },
  ) => { readonly exports: unknown };
  validate(bytes: Uint8Array): boolean;
}

const PAGE = 65_536;
/** 4 GiB, what 32-bit addresses reach. */
const MAX_PAGES = 65_536;

/** WebAssembly, or null where the runtime has none. */
export const webAssembly =
  (globalThis as unknown as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly ?? null;

/** Shared memory of at least so many bytes, all 0; null where the runtime cannot give it. */
export function sharedMemory(bytes: number): SharedMemory | null {
  const initial = Math.ceil(bytes / PAGE);
  if (webAssembly === null || initial > MAX_PAGES) return null;
  try {
    return new webAssembly.Memory({ initial, maximum: MAX_PAGES, shared: true });
  } catch {
    return null; // no address space left, or no shared memory in this runtime
  }
}
