"""Runs many cases: JSON on standard input, what NautilusTrader made of each as JSON on standard output."""

import json
import sys

import nautilus_trader
from run_instructions import run

cases = json.load(sys.stdin)
json.dump({"version": nautilus_trader.__version__, "results": [run(case) for case in cases]}, sys.stdout)
