// Makes the bundle hold the writer whose package must lie beside it.
import { encodeMemoryMetrics } from '../../../src/formats/metrics-tables-parquet.ts';

export const handler = async () => (await encodeMemoryMetrics([])).length;
