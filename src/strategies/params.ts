import * as z from 'zod';

/** A parameter that counts bars of the shared time index. */
export function barsParam(least: number, fallback: number, description: string) {
  return z.int().min(least).default(fallback).describe(description);
}

/** The parameter `budget`: what the weights of a fully invested strategy add up to. */
export function budgetParam() {
  return z
    .number()
    .positive()
    .default(1)
    .describe('Sum of the weights when fully invested; 0.95 keeps 5 % in cash');
}
