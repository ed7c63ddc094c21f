/** Price of a market fill: worse than `price` by the fraction `slippage`, up for a buy, down for a sell. */
export function slippedPrice(price: number, buying: boolean, slippage: number): number {
  return buying ? price * (1 + slippage) : price * (1 - slippage);
}

/** What a fill adds to cash: buying takes v + fee, selling adds v − fee, with v = |quantity| · fillPrice; of no order 0. */
export function flowOf(quantity: number, value: number, fee: number): number {
  if (quantity === 0) return 0;
  return quantity > 0 ? -(value + fee) : value - fee;
}

/** Fee of one fill of traded value v = quantity · fill price, in money. */
export function feeOf(value: number, feeRate: number, fixedFee: number): number {
  return value * feeRate + fixedFee;
}
