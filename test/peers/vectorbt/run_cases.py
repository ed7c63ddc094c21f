"""Runs cases in the real vectorbt.

Standard input: a JSON array of {kind, name, options, inputs}, as test/support/vectorbt-cases.ts reads them.
Standard output: {versions, outcomes}: of each case the orders; cash, positions and value at every close as the portfolio
reports them, which adds them up from the orders, and as the simulation had them; and the metrics; of one that vectorbt refuses {"error": its own words}.
"""

import gc
import json
import math
import platform
import sys

import numba
import numpy as np
import pandas as pd
import vectorbt as vbt

YEAR_365, YEAR_252 = pd.Timedelta(days=365), pd.Timedelta(days=252)


def table(rows):
    """T rows of one number, or of one number an asset; null = NaN."""
    return np.array([row if isinstance(row, list) else [row] for row in rows], dtype=float)


def shifted(rows, empty):
    """What was decided on a bar stands on the next one, whose open fills it."""
    moved = np.full_like(rows, empty)
    moved[1:] = rows[:-1]
    return moved


def run_orders(options, prices, inputs):
    targets = table(inputs["targets"])
    at_open = options["price_mode"] == "next_open_shifted"
    return vbt.Portfolio.from_orders(
        prices["close"],
        size=shifted(targets, np.nan) if at_open else targets,
        size_type="targetpercent",
        price=prices["open" if at_open else "close"],
        direction=options["direction"],
        size_granularity=options.get("size_granularity", np.nan),
        group_by=options["cash_sharing"],
        **shared(options),
    )


def run_signals(options, prices, inputs):
    at_open = options["price_mode"] == "next_open_shifted"
    entries, exits = (table(inputs[name]).astype(bool) for name in ("entries", "exits"))
    if at_open:
        entries, exits = shifted(entries, False), shifted(exits, False)
    # One for all entries, or one a bar; always arrays of one shape, since numba compiles anew for each kind of argument.
    stops = {name: table(np.broadcast_to(options.get(name, np.nan), len(entries)).tolist())
             for name in ("sl_stop", "tp_stop")}
    return vbt.Portfolio.from_signals(
        prices["close"],
        entries,
        exits,
        size=float(options["size"]),
        size_type=options["size_type"],
        price=prices["open" if at_open else "close"],
        direction=options["direction"],
        accumulate=options["accumulate"],
        open=prices["open"],
        high=prices["high"],
        low=prices["low"],
        sl_trail=bool(options.get("sl_trail", False)),
        stop_entry_price=options["stop_entry_price"],
        stop_exit_price=options["stop_exit_price"],
        upon_stop_exit=options["upon_stop_exit"],
        group_by=options["cash_sharing"],
        **stops,
        **shared(options),
    )


def shared(options):
    costs = {name: float(options[name]) for name in ("fees", "fixed_fees", "slippage", "init_cash")}
    return costs | {"cash_sharing": options["cash_sharing"], "call_seq": options["call_seq"], "freq": "1d",
                    "log": True}


def simulated(pf, init_cash, shape):
    """Cash [T] and positions [T][N] after each bar, from what the simulation logged of every order it tried."""
    logs = pf.logs.values
    cash, assets = np.full(shape[0], np.nan), np.full(shape, np.nan)
    # The last entry of a bar is what stands after it.
    cash[logs["idx"]] = logs["new_cash"]
    assets[logs["idx"], logs["col"]] = logs["new_position"]
    return {"cash": pd.Series(cash).ffill().fillna(init_cash).tolist(),
            "assets": pd.DataFrame(assets).ffill().fillna(0.0).to_numpy().tolist()}


def ratio(value):
    value = float(np.asarray(value).reshape(-1)[0])
    return None if math.isnan(value) else "inf" if math.isinf(value) else value


def outcome(case):
    options = {"cash_sharing": False, "call_seq": "default"} | case["options"]
    inputs = case["inputs"]
    close = table(inputs["close"])
    columns = [f"A{a}" for a in range(close.shape[1])]
    frame = lambda values: pd.DataFrame(values, columns=columns)
    prices = {name: frame(table(inputs[name])) for name in ("open", "high", "low", "close")}
    run = run_orders if case["kind"] == "from_orders" else run_signals
    try:
        pf = run(options, prices, inputs)
    except Exception as error:  # what vectorbt says is the outcome
        return {"error": f"{type(error).__name__}: {error}"}
    records = pf.orders.values
    series = lambda values: np.asarray(values, dtype=float)
    value = pf.value()
    returns = pf.returns()
    by_day = returns.vbt.returns(freq="1d", year_freq=YEAR_252)
    by_year = returns.vbt.returns(freq="1d", year_freq=YEAR_365)
    return {
        "orders": [
            {"idx": int(r["idx"]), "col": int(r["col"]), "size": float(r["size"]), "price": float(r["price"]),
             "fees": float(r["fees"]), "side": "buy" if r["side"] == 0 else "sell"}
            for r in records
        ],
        "simulated": simulated(pf, options["init_cash"], close.shape),
        "cash": series(pf.cash()).reshape(-1).tolist(),
        "assets": series(pf.assets()).reshape(len(close), -1).tolist(),
        "value": series(value).reshape(-1).tolist(),
        "total_return": ratio(pf.total_return()),
        "max_drawdown": ratio(by_day.max_drawdown()),
        "sharpe_365": ratio(by_year.sharpe_ratio()),
        "sharpe_252": ratio(by_day.sharpe_ratio()),
        "sortino_252": ratio(by_day.sortino_ratio()),
        "annualized_return_252": ratio(by_day.annualized()),
        "annualized_volatility_252": ratio(by_day.annualized_volatility()),
        "calmar_252": ratio(by_day.calmar_ratio()),
    }


if __name__ == "__main__":
    cases = json.load(sys.stdin)
    versions = {"engine": "vectorbt", "version": vbt.__version__, "python": platform.python_version(),
                "numba": numba.__version__, "numpy": np.__version__, "pandas": pd.__version__}
    gc.freeze()  # what is imported stays, and is many objects to look through again and again
    with np.errstate(all="ignore"):
        json.dump({"versions": versions, "outcomes": [outcome(case) for case in cases]}, sys.stdout)
