import type { RunConfig } from '../run-config.ts';

const DUST_OF_POSITION = 1e-9;
const DUST = 1e-12;

/**
 * Quantity, signed, that brings a position to the weight w of the equity V at `price`; 0 = no order.
 *
 * q = (w·V)/price − position. Dust is not traded; lots, minimum size and minimum value apply to all but a full exit.
 */
export function orderQuantity(
  w: number,
  V: number,
  price: number,
  position: number,
  config: RunConfig,
): number {
  const quantity = (w * V) / price - position;
  const size = Math.abs(quantity);
  if (size <= DUST_OF_POSITION * Math.abs(position) || size <= DUST) return 0;
  return w === 0 ? quantity : tradableQuantity(quantity, price, config);
}

/** The quantity in whole lots, toward zero; 0 where it is below the minimum size or value. */
export function tradableQuantity(quantity: number, price: number, config: RunConfig): number {
  const lots = config.lotSize > 0 ? Math.trunc(quantity / config.lotSize) * config.lotSize : quantity;
  const size = Math.abs(lots);
  return size < config.minSize || size * price < config.minNotional ? 0 : lots + 0; // never -0, whose sign is that of a sale
}

/** The part of a buy that covers a short; the rest opens or adds to a long. */
export function coveredPart(quantity: number, position: number): number {
  return position < 0 ? Math.min(quantity, -position) : 0;
}

/**
 * The one factor λ by which the buys of a batch are scaled when cash is short (`cash: scale`).
 *
 * @param available A: cash above the floor after sells, covers and fixed fees
 * @param wanted B: what the unscaled buys cost, fees included
 * @param V equity of the batch, the scale of its rounding
 */
export function scaleFactor(available: number, wanted: number, V: number): number {
  if (wanted <= available + 1e-9 * V) return 1;
  return available <= 0 ? 0 : available / wanted;
}
