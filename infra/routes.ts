import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';

/** A route of the HTTP API. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly operationId: string;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const operation = z.object({ operationId: z.string() });
const openApi = z.object({
  paths: z.record(z.string().startsWith('/'), z.partialRecord(z.enum(METHODS), operation)),
});

/** The routes that an OpenAPI description has: the one table of routes, so that it cannot differ from the stack. */
export function readRoutes(file: string): Route[] {
  const { paths } = openApi.parse(parse(readFileSync(file, 'utf8')));
  return Object.entries(paths).flatMap(([path, operations]) =>
    METHODS.flatMap((method) => {
      const found = operations[method];
      return found ? [{ method: method.toUpperCase() as Route['method'], path, ...found }] : [];
    }),
  );
}
