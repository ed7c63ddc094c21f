"""Writes a DataFrame of target weights as pandas users have it: CSV and Parquet, with a named index and without."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

folder = Path(sys.argv[1])
index = pd.DatetimeIndex(["2020-01-01", "2020-01-02", "2020-01-06"])
frame = pd.DataFrame({"AAPL": [0.5, 0, np.nan], "MSFT": [0.25, np.nan, np.nan]}, index=index)
for name in ("named", "unnamed"):
    frame.index.name = "ts" if name == "named" else None
    frame.to_csv(folder / f"{name}.csv")
    frame.to_parquet(folder / f"{name}.parquet")
