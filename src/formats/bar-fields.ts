import { InvalidInputError } from '../contracts/errors.ts';
import { PRICE_FIELDS, type PriceField, quote } from './bar-rows.ts';

/** Choices that decide which columns a file must have. */
export interface BarFieldOptions {
  /** The file has closes only: the close (or adjusted close) serves as open, high and low too. */
  readonly closeOnly?: boolean;
  /** The adjusted close is used, so it must be there. */
  readonly adjust?: boolean;
}

/** Which column of a file holds what: indices into its header. */
export interface BarFields {
  /** Undefined where the file has no symbol column. */
  readonly symbol: number | undefined;
  readonly time: number;
  readonly prices: Readonly<Partial<Record<PriceField, number>>>;
  /** Header names that no field uses. */
  readonly unused: readonly string[];
}

// Compared after lower-casing and leaving out all but letters: "Adj Close", "adj_close" and "5. adjusted close" are known.
const ALIASES: Record<'symbol' | 'time' | PriceField, readonly string[]> = {
  symbol: ['symbol', 'ticker', 'asset', 'instrument', 'sym'],
  time: [
    'ts',
    'time',
    'timestamp',
    'date',
    'datetime',
    'opentime',
    'unix',
    'unixtimestamp',
    'timestampms',
    'tsms',
    't',
  ],
  open: ['open', 'o', 'openprice', 'priceopen'],
  high: ['high', 'h', 'highprice', 'pricehigh', 'max'],
  low: ['low', 'l', 'lowprice', 'pricelow', 'min'],
  close: ['close', 'c', 'closeprice', 'priceclose', 'closelast', 'settle'],
  volume: ['volume', 'v', 'vol', 'tickvol', 'tickvolume'],
  adjClose: ['adjclose', 'adjustedclose', 'adjcloseprice', 'closeadj', 'closeadjusted', 'adj'],
};

/**
 * Finds the columns of bars in a file's header by their common names.
 *
 * @param header column names as they stand in the file
 * @param file its name, for errors
 * @throws InvalidInputError for a missing column and for two columns with one meaning
 */
export function findBarFields(header: readonly string[], file: string, options: BarFieldOptions): BarFields {
  const names = header.map((name) => name.toLowerCase().replace(/[^a-z]/g, ''));
  const find = (field: keyof typeof ALIASES): number | undefined => {
    const hits = names.flatMap((name, i) => (ALIASES[field].includes(name) ? [i] : []));
    if (hits.length > 1) {
      const both = hits.map((i) => quote(header[i]!)).join(' and ');
      throw new InvalidInputError(
        `${file}: expected one column for ${field}, found ${both}; keep one of them, or join them if each holds a part`,
      );
    }
    return hits[0];
  };
  const fail = (missing: string, hint: string) => {
    const found = header.slice(0, 20).map(quote).join(', ');
    return new InvalidInputError(`${file}: expected a column ${missing}, found ${found}; ${hint}`);
  };

  const time = find('time');
  if (time === undefined) {
    throw fail(`for the time (${ALIASES.time.slice(0, 5).join(', ')})`, 'name the columns in the first line');
  }
  const symbol = find('symbol');
  const found: Partial<Record<PriceField, number>> = {};
  for (const field of PRICE_FIELDS) {
    const column = find(field);
    if (column !== undefined) found[field] = column;
  }
  const prices = options.closeOnly ? closeForAll(found) : found;
  const closes = '--close-only makes bars of the close alone (its open is then the close)';
  if (prices.close === undefined) {
    const hasAdjusted = found.adjClose !== undefined && !options.closeOnly;
    throw fail('close', hasAdjusted ? closes : 'bars need at least a time and a close');
  }
  if (prices.open === undefined) throw fail('open', closes);
  if (!options.adjust) {
    delete prices.adjClose;
  } else if (prices.adjClose === undefined) {
    throw fail('adj_close', '--adjust scales by an adjusted close: leave it out for this file');
  }
  const used = new Set([symbol, time, ...Object.values(prices)]);
  return { symbol, time, prices, unused: header.filter((_, i) => !used.has(i)) };
}

function closeForAll({ close: plain, volume, adjClose }: Partial<Record<PriceField, number>>) {
  const close = plain ?? adjClose;
  const prices: Partial<Record<PriceField, number>> = {};
  if (close !== undefined) Object.assign(prices, { open: close, high: close, low: close, close });
  if (volume !== undefined) prices.volume = volume;
  if (adjClose !== undefined) prices.adjClose = adjClose;
  return prices;
}
