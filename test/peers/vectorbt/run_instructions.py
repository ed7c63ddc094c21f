"""Repeats an exported run in vectorbt and says how far its equity is from what backsweep expects.

    python run_instructions.py FOLDER      reads bars.csv, weights.csv, config.json and expected.json of
                                           `backsweep export --to vectorbt`, writes vectorbt.json

Without stops the weights are target percent of from_orders, with shared cash. With stops, one asset whose weights are 0
and 1 becomes entries and exits of from_signals. vectorbt knows no target weights together with stops.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import vectorbt as vbt


def read(folder):
    bars = pd.read_csv(folder / "bars.csv", dtype={"symbol": str})
    weights = pd.read_csv(folder / "weights.csv", index_col="ts")
    prices = {name: bars.pivot(index="ts", columns="symbol", values=name)[list(weights.columns)]
              for name in ("open", "high", "low", "close")}
    # An event on every bar of the run: NaN where nothing is said.
    targets = weights.astype(float).reindex(prices["close"].index)
    return prices, targets, json.loads((folder / "config.json").read_text())


def run(prices, targets, config):
    fill = config["fill"]
    at_open = fill["execution"] == "next_open"
    if at_open:  # decided on a close, filled at the open of the next bar
        targets = targets.shift(1)
    costs = {"fees": config["feeRate"], "fixed_fees": config["fixedFee"], "slippage": config["slippage"],
             "init_cash": config["cash"]}
    shared = costs | {"price": prices["open" if at_open else "close"], "freq": "1d"}
    shared["size_granularity"] = config["lotSize"] or np.nan
    stops = {name: np.nan if stop is None else stop for name, stop in config["stops"].items()}
    if np.isnan(list(stops.values())).all():
        return vbt.Portfolio.from_orders(
            prices["close"], size=targets, size_type="targetpercent", cash_sharing=True, group_by=True,
            min_size=config["minSize"],
            call_seq="auto" if fill["sequence"] == "sells_first" else "default", **shared)
    asset = targets.columns[targets.notna().any()]
    one = {name: table[asset] for name, table in prices.items()}
    trails = np.isnan(stops["stopLoss"])
    return vbt.Portfolio.from_signals(
        one["close"], entries=targets[asset] == 1, exits=targets[asset] == 0, size=np.inf, accumulate=False,
        open=one["open"], high=one["high"], low=one["low"],
        sl_stop=stops["trailingStop"] if trails else stops["stopLoss"], sl_trail=bool(trails),
        tp_stop=stops["takeProfit"],
        stop_entry_price="close" if fill["stopBase"] == "close" else "fillprice",
        stop_exit_price="stoplimit" if fill["stopFill"] == "limit" else "stopmarket",
        upon_stop_exit="close", group_by=True, **(shared | {"price": shared["price"][asset]}))


def main(folder):
    prices, targets, config = read(folder)
    expected = json.loads((folder / "expected.json").read_text())
    portfolio = run(prices, targets, config)
    equity = np.asarray(portfolio.value(), dtype=float).reshape(-1)
    ours = np.asarray(expected["equity"])
    difference = float(np.max(np.abs(equity - ours) / np.maximum(1, np.maximum(np.abs(equity), np.abs(ours)))))
    result = {"version": vbt.__version__, "orders": len(portfolio.orders.values), "ordersExpected": len(expected["orders"]),
              "endValue": equity[-1], "endValueExpected": ours[-1], "largestDifference": difference}
    (folder / "vectorbt.json").write_text(json.dumps(result | {"equity": equity.tolist()}))
    print(json.dumps(result))
    for departure in expected["departures"]:
        print(f"differs: {departure}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
