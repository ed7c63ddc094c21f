"""Statistics over many runs by numpy, scipy and arch, from the full matrix of returns: JSON in, JSON out."""

import itertools
import json
import sys

import numpy as np
from arch.bootstrap import SPA
from scipy import stats


def cscv(returns):
    """Bailey, Borwein, Lopez de Prado and Zhu (2017), section 3: every split, every Sharpe ratio anew."""
    blocks = np.array_split(np.arange(returns.shape[0]), 16)
    logits, inside, outside = [], [], []
    for chosen in itertools.combinations(range(16), 8):
        rest = [b for b in range(16) if b not in chosen]
        sharpe = []
        for half in (chosen, rest):
            rows = returns[np.concatenate([blocks[b] for b in half])]
            sharpe.append(rows.mean(axis=0) / rows.std(axis=0, ddof=1))
        best = np.argmax(sharpe[0])
        omega = stats.rankdata(sharpe[1])[best] / (returns.shape[1] + 1)
        logits.append(np.log(omega / (1 - omega)))
        inside.append(sharpe[0][best])
        outside.append(sharpe[1][best])
    logits = np.array(logits)
    line = stats.linregress(inside, outside)
    return {
        "probability": float((logits <= 0).mean()),
        "median": float(np.quantile(logits, 0.5)),
        "slope": float(line.slope),
        "intercept": float(line.intercept),
        "loss": float((np.array(outside) < 0).mean()),
    }


class Given:
    """Draws that were made elsewhere, in place of arch's own."""

    def __init__(self, data, draws):
        self.data, self.draws = data, draws

    def bootstrap(self, reps):
        for d in range(reps):
            yield (self.data[self.draws[d]],), {}


def spa(returns, scale, draws):
    """arch's SPA on the means of the 16 blocks, which are of equal length here; deviations times sqrt(16/15)."""
    blocks = returns.reshape(16, -1, returns.shape[1]).mean(axis=1) / scale
    mean = blocks.mean(axis=0)
    blocks = mean + (blocks - mean) * np.sqrt(16 / 15)
    test = SPA(np.zeros(16), -blocks, block_size=1, reps=len(draws), seed=1)
    test.bootstrap = Given(test._loss_diff, draws)
    test.compute()
    own = SPA(np.zeros(16), -blocks, block_size=1, reps=5000, bootstrap="cbb", seed=2)
    own.compute()
    return {"given": test.pvalues.to_dict(), "own": own.pvalues.to_dict()}


def sharpe(run):
    n, ratio = len(run), run.mean() / run.std(ddof=1)
    skew, kurtosis = stats.skew(run), stats.kurtosis(run, fisher=False)
    spread = 1 - skew * ratio + (kurtosis - 1) / 4 * ratio**2
    return {
        "psr": float(stats.norm.cdf(ratio * np.sqrt(n - 1) / np.sqrt(spread))),
        "above": float(stats.norm.cdf((ratio - 0.02) * np.sqrt(n - 1) / np.sqrt(spread))),
        "record": float(1 + spread * (stats.norm.ppf(0.95) / ratio) ** 2),
    }


given = json.load(sys.stdin)
matrix = np.array(given["returns"]).T
draws = [np.array(blocks) for blocks in given["draws"]]
deviation = matrix.std(axis=0, ddof=1)
json.dump(
    {
        "cscv": cscv(matrix),
        "reality": spa(matrix, np.ones(matrix.shape[1]), draws),
        "spa": spa(matrix, deviation, draws),
        "sharpe": [sharpe(matrix[:, k]) for k in range(matrix.shape[1])],
    },
    sys.stdout,
)
