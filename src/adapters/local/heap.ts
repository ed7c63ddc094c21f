import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Lets no heap's room for short-lived objects grow any further, in this thread and in all others.
 *
 * V8 doubles it, up to 32 MB, once enough objects outlived it in all, however few they are at once: in a long sweep at its end,
 * when threads with grown heaps of their own are still there.
 */
export function keepYoungHeaps(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

let collect: (() => void) | null = null;

/** Frees what nobody holds any more, at once: V8 does not know that memory for something else is asked for next. */
export function collectGarbage(): void {
  if (collect === null) {
    setFlagsFromString('--expose-gc'); // for contexts made from now on
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}
