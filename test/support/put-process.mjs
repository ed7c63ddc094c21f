// Puts one large object into the directory given, again and again under new names, until it is killed.
import { openDirectoryStore } from '../../dist/adapters/local/directory-store.js';

const [directory, size] = process.argv.slice(2);
const store = await openDirectoryStore(directory);
const bytes = new Uint8Array(Number(size)).fill(7);
console.log('ready');
for (let i = 0; ; i++) await store.putOnce(`results/object-${i}`, bytes);
