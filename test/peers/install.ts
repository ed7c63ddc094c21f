import { installableReleases } from './nautilus/releases.ts';
import { type PeerPackages, peerPython } from './python.ts';

/** Before the first check: every environment of Python, installed side by side where it is not there yet. */
export default async function install(): Promise<void> {
  const peers: PeerPackages[] = [{ peer: 'vectorbt' }, { peer: 'statistics' }, { peer: 'reference' }];
  await Promise.all([...peers, ...installableReleases()].map(peerPython));
}
