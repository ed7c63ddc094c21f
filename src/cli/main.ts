#!/usr/bin/env node
import module from 'node:module';
import { keptProgram } from './kept-program.ts';

// Compiled code is kept from call to call where Node.js can: from 22.1 on. Before, the build keeps it.
(module as { enableCompileCache?: () => void }).enableCompileCache?.();

/** Help needs so little of the program that loading this is quicker than all that was kept. */
const asksHelp =
  !/^[a-z]/.test(process.argv[2] ?? '') || process.argv.some((word) => /^(help|--help|-h)$/.test(word));
const { ended } = (asksHelp ? null : keptProgram()) ?? (await import('./program.ts'));
await ended;
