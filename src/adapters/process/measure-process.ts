import type { ShardUsage } from '../../sweep/usage.ts';

/** Starts to measure an attempt; the function it gives says what it took up to then. */
export function measureProcess({
  receives,
  requestId,
}: Pick<ShardUsage, 'receives' | 'requestId'>): () => ShardUsage {
  const started = performance.now();
  return () => ({
    receives,
    requestId,
    milliseconds: performance.now() - started,
    peakMb: process.resourceUsage().maxRSS / 1_024,
  });
}
