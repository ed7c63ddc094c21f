/**
 * The metrics of a list of returns, as their definitions read: slow, obvious, and sharing no code with the product.
 *
 * Undefined is NaN. The level before the first return is 1 and counts as a peak.
 */
export function plainMetrics(
  returns: readonly number[],
  barsPerYear: number,
  riskFreeRate = 0,
): Record<string, number> {
  const n = returns.length;
  const levels = [1];
  for (const r of returns) levels.push(levels.at(-1)! * (1 + r));
  const mean = returns.reduce((a, b) => a + b, 0) / n;
  const std = Math.sqrt(returns.reduce((a, r) => a + (r - mean) ** 2, 0) / (n - 1));
  const downside = Math.sqrt(returns.reduce((a, r) => a + Math.min(r, 0) ** 2, 0) / n);
  const drawdowns = levels.map((level, t) => level / Math.max(...levels.slice(0, t + 1)) - 1);
  const gains = returns.filter((r) => r > 0).reduce((a, b) => a + b, 0);
  const losses = -returns.filter((r) => r < 0).reduce((a, b) => a + b, 0);
  const cagr = levels.at(-1)! ** (barsPerYear / n) - 1;
  const max_drawdown = Math.min(...drawdowns);
  const excess = mean - riskFreeRate / barsPerYear;
  const ratio = (a: number, b: number) => (b > 1e-13 ? a / b : Number.NaN);
  return {
    total_return: levels.at(-1)! - 1,
    cagr,
    volatility: std * Math.sqrt(barsPerYear),
    sharpe: ratio(excess, std) * Math.sqrt(barsPerYear),
    sortino: ratio(excess, downside) * Math.sqrt(barsPerYear),
    max_drawdown,
    calmar: ratio(cagr, -max_drawdown),
    omega: ratio(gains, losses),
  };
}

/** Equal to within rounding; both NaN is equal. */
export function close(a: number | null, b: number | null, relative = 1e-9): boolean {
  const [x, y] = [a ?? Number.NaN, b ?? Number.NaN];
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) === Number.isNaN(y);
  return Math.abs(x - y) <= relative * Math.max(1, Math.abs(x), Math.abs(y));
}
