"""Times vectorbt on workloads that `npm run bench:peers` writes: `bench.py DIR`, one command a line on standard input.

check NAME         -> {"equity": final equity of one run}
time NAME KIND N   -> {"micros": CPU time of one run, over N calls}; KIND is simulation or metrics
"""

import json
import sys
import time

import numpy as np
import pandas as pd
import vectorbt as vbt

folder = sys.argv[1]
with open(f"{folder}/workloads.json") as file:
    workloads = {each["name"]: each for each in json.load(file)}
prepared = {}


def column(workload, name, dtype=np.float64):
    """A T x N array from values that lie asset after asset."""
    values = np.fromfile(f"{folder}/{workload['file']}.{name}.bin", dtype=dtype)
    return np.ascontiguousarray(values.reshape(workload["assets"], -1).T)


def prepare(workload, copies):
    """Arguments of one call that simulates so many runs, each a group that shares its cash."""
    assets = workload["assets"]
    tile = lambda values: np.tile(values, (1, copies))
    close = tile(column(workload, "close"))
    freq = workload["freq"]
    index = pd.date_range("2000-01-03", periods=close.shape[0], freq=freq)
    common = dict(
        close=pd.DataFrame(close, index=index),
        group_by=np.repeat(np.arange(copies), assets),
        cash_sharing=True,
        call_seq="auto",
        init_cash=workload["cash"],
        fees=workload["feeRate"],
        slippage=workload["slippage"],
        freq=freq,
    )
    if workload["kind"] == "orders":
        return vbt.Portfolio.from_orders, dict(
            common, size=tile(column(workload, "weights")), size_type="targetpercent"
        )
    signals = {name: tile(column(workload, name, np.uint8).astype(bool)) for name in ("entry", "exit")}
    return vbt.Portfolio.from_signals, dict(
        common,
        entries=signals["entry"],
        exits=signals["exit"],
        size=tile(column(workload, "shares")),
        size_type="amount",
        accumulate=False,
        sl_stop=workload["trailingStop"],
        sl_trail=True,
        tp_stop=workload["takeProfit"],
        **{name: tile(column(workload, name)) for name in ("open", "high", "low")},
    )


def run(name, copies, metrics):
    key = (name, copies)
    if key not in prepared:
        prepared[key] = prepare(workloads[name], copies)
    function, arguments = prepared[key]
    portfolio = function(**arguments)
    if metrics:
        portfolio.total_return()
        portfolio.sharpe_ratio()
        portfolio.max_drawdown()
    return portfolio


print(json.dumps({"ready": vbt.__version__, "python": sys.version.split()[0], "numpy": np.__version__}), flush=True)
for line in sys.stdin:
    command, name, *rest = line.rstrip("\n").split("\t")
    if command == "check":
        answer = {"equity": float(np.asarray(run(name, 1, False).value())[-1].ravel()[0])}
    else:
        kind, calls = rest[0], int(rest[1])
        copies = workloads[name]["copies"]
        run(name, copies, kind == "metrics")  # compiled before the clock starts
        started = time.process_time()
        for _ in range(calls):
            run(name, copies, kind == "metrics")
        answer = {"micros": (time.process_time() - started) * 1e6 / calls / copies}
    print(json.dumps(answer), flush=True)
