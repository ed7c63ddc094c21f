import { stat } from 'node:fs/promises';
import { openDirectoryStore } from '../adapters/local/directory-store.ts';
import { InvalidInputError } from '../contracts/errors.ts';
import type { Store } from '../sweep/ports.ts';

/** Opens a directory of sweeps that must be there already. */
export async function openSweeps(dir: string): Promise<Store> {
  const found = await stat(dir).catch(() => null);
  if (found?.isDirectory()) return openDirectoryStore(dir);
  throw new InvalidInputError(
    `${dir}: expected a directory of sweeps, found none; \`backsweep run\` makes one, --dir names another`,
  );
}

/** The ids of the sweeps of a store, the latest first. */
export async function sweepIds(store: Store): Promise<string[]> {
  const sweeps: { id: string; modifiedMs: number }[] = [];
  for await (const { key, modifiedMs } of store.list('sweeps/')) {
    const id = /^sweeps\/([0-9a-f]{32})\/spec\.json$/.exec(key)?.[1];
    if (id !== undefined) sweeps.push({ id, modifiedMs });
  }
  return sweeps.sort((a, b) => b.modifiedMs - a.modifiedMs || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
}

/** The sweep that a person means by a beginning of its id, or by `last`; InvalidInputError where none or several fit. */
export async function findSweep(store: Store, wanted: string): Promise<string> {
  const ids = await sweepIds(store);
  if (wanted === 'last' && ids.length > 0) return ids[0]!;
  return onlyMatch(
    'sweep',
    wanted,
    ids.filter((id) => wanted !== '' && id.startsWith(wanted)),
  );
}

/** The only one of the ids that begin with what was asked for; InvalidInputError else. */
export function onlyMatch(what: 'sweep' | 'run', wanted: string, ids: readonly string[]): string {
  if (ids.length === 1) return ids[0]!;
  const way = what === 'sweep' ? '`backsweep list` shows all' : '`backsweep top last` shows some';
  const found = ids.length === 0 ? 'none' : `${ids.length} (${ids.slice(0, 3).join(', ')}, …)`;
  throw new InvalidInputError(
    `${what} ${JSON.stringify(wanted)}: expected the beginning of one id, found ${found}; ${way}`,
  );
}
