/** Price of a market fill: worse than `price` by the fraction `slippage`, up for a buy, down for a sell. */
export function slippedPrice(price: number, buying: boolean, slippage: number): number {
  return buying ? price * (1 + slippage) : price * (1 - slippage);
}

/** Fee of one fill of traded value v = quantity · fill price, in money. */
export function feeOf(value: number, feeRate: number, fixedFee: number): number {
  return value * feeRate + fixedFee;
}
