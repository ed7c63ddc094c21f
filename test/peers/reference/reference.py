"""The semantics once more, slowly: docs/semantics.md in exact rational arithmetic, for the conformance suite.

Written from the text, sharing no code with the engines. Standard input: a JSON array of cases of conformance/.
Standard output: of each its orders [bar, asset, signed quantity, price, reason] and equity, as decimals.
"""

import json
import sys
from fractions import Fraction as F

FIELDS = ("execution sequence cash intrabar tpGap tpFill trailingPeak stopFill stopBase onIncrease rearm entryBar "
          "onConflict missingBar ruin").split()
PRESETS = {
    "realistic": "next_open sells_first scale sl_first limit limit previous_bars market fill average True open "
                 "instruction defer close",
    "vectorbt": "close sells_first partial sl_first_even_after_tp_gap open limit previous_bars limit close override "
                "False never stop_only skip ignore",
    "nautilus": "close column reject path limit limit this_bar market fill average False open both defer ignore",
}
STOPS = ("stopLoss", "trailingStop", "takeProfit")


def exact(value):
    return None if value is None else F(str(value))


class Book:
    """One asset: shares, armed stops, and what these are measured from."""

    def __init__(self):
        self.shares = F(0)
        self.stops = dict.fromkeys(STOPS)
        self.base = self.peak = None

    @property
    def long(self):
        return self.shares > 0

    def stop(self, peak):
        """The tighter of stop-loss and trailing stop; the stop-loss if they are tied."""
        sign = -1 if self.long else 1
        levels = [(self.base * (1 + sign * self.stops["stopLoss"]), "stop_loss")] if self.stops["stopLoss"] else []
        if self.stops["trailingStop"]:
            levels.append((peak * (1 + sign * self.stops["trailingStop"]), "trailing_stop"))
        return (max if self.long else min)(levels, key=lambda level: level[0], default=None)

    def profit(self):
        sign = 1 if self.long else -1
        return self.base * (1 + sign * self.stops["takeProfit"]) if self.stops["takeProfit"] else None

    def loses(self, price, level):
        return price <= level if self.long else price >= level

    def wins(self, price, level):
        return price >= level if self.long else price <= level


class Run:
    def __init__(self, case):
        self.fill = dict(zip(FIELDS, PRESETS[case["preset"]].split())) | {
            name: str(value) for name, value in case.get("fill", {}).items()}
        config = case.get("config", {})
        money = lambda name, default: exact(config.get(name, default))
        self.cash = money("cash", 10000)
        self.fee_rate, self.fixed_fee, self.slippage = (money(n, 0) for n in ("feeRate", "fixedFee", "slippage"))
        self.leverage, self.lot = money("maxLeverage", 1), money("lotSize", 0)
        self.min_size, self.min_notional = money("minSize", "1e-8"), money("minNotional", 0)
        self.defaults = {name: exact(config.get("stops", {}).get(name)) for name in STOPS}
        self.assets = list(case["bars"])
        self.bars = [[None if bar is None else [exact(p) for p in bar] for bar in case["bars"][a]] for a in self.assets]
        self.events = {event["bar"]: event["instructions"] for event in case["events"]}
        self.books = [Book() for _ in self.assets]
        self.waiting, self.orders, self.equity = {}, [], []

    def last_close(self, a, t):
        return next(bar[3] for bar in reversed(self.bars[a][:t + 1]) if bar)

    def value(self, t, price):
        return self.cash + sum(b.shares * price(a) for a, b in enumerate(self.books) if b.shares)

    def book_fill(self, t, a, quantity, price, reason):
        book = self.books[a]
        value = abs(quantity) * price
        fee = value * self.fee_rate + self.fixed_fee
        self.cash += -(value + fee) if quantity > 0 else value - fee
        book.shares += quantity
        self.orders.append([t, self.assets[a], quantity, price, reason])

    def slipped(self, price, buying):
        return price * (1 + self.slippage) if buying else price * (1 - self.slippage)

    def exit(self, t, a, price, reason):
        how = self.fill["tpFill" if reason == "take_profit" else "stopFill"]
        shares = self.books[a].shares
        self.book_fill(t, a, -shares, self.slipped(price, shares < 0) if how == "market" else price, reason)
        self.stopped_now.add(a)

    def armed(self, a, t):
        return self.books[a].shares != 0 and self.bars[a][t] is not None and any(self.books[a].stops.values())

    def gap(self, a, t):
        """An open at or beyond a level."""
        book, (open_, *_) = self.books[a], self.bars[a][t]
        stop = book.stop(book.peak)
        if stop and book.loses(open_, stop[0]):
            return open_, stop[1]
        profit = book.profit()
        if self.fill["intrabar"] != "sl_first_even_after_tp_gap" and profit is not None and book.wins(open_, profit):
            return (open_ if self.fill["tpGap"] == "open" else profit), "take_profit"
        return None

    def intrabar(self, a, t):
        """What a bar's range reaches, its open included."""
        book, (open_, high, low, close) = self.books[a], self.bars[a][t]
        best, worst = (high, low) if book.long else (low, high)
        moved = max(book.peak, high) if book.long else min(book.peak, low)
        peak = moved if self.fill["trailingPeak"] == "this_bar" else book.peak

        def stop(price, peak, at=None):
            level = book.stop(peak)
            return level and book.loses(price, level[0]) and (at if at is not None else level[0], level[1])

        def profit(price):
            level = book.profit()
            if level is None or not book.wins(price, level):
                return None
            return (open_ if self.fill["tpGap"] == "open" and book.wins(open_, level) else level), "take_profit"

        gapped = stop(open_, book.peak, open_)
        if gapped:
            return gapped
        if self.fill["intrabar"] != "path":
            return stop(worst, peak) or profit(best)
        if book.long:  # open, high, low: the best price comes first
            return profit(high) or stop(low, peak)
        opened = min(book.peak, open_) if self.fill["trailingPeak"] == "this_bar" else book.peak
        return profit(open_) or stop(high, opened) or profit(low) or stop(close, peak)

    def due(self, t, decided):
        cells = {}
        for a, cell in decided.items():
            self.waiting.pop(a, None)
            if self.bars[a][t] is not None:
                cells[a] = cell
            elif self.fill["missingBar"] == "defer":
                self.waiting[a] = cell
        for a in [a for a in self.waiting if self.bars[a][t] is not None]:
            cell = self.waiting.pop(a)
            if not (self.fill["execution"] == "close" and a in self.stopped_now):
                cells[a] = cell
        if self.fill["onConflict"] == "stop_only":
            cells = {a: cell for a, cell in cells.items() if a not in self.stopped_now}
        return dict(sorted(cells.items()))

    def tradable(self, quantity, price):
        if self.lot:
            lots = abs(quantity) // self.lot * self.lot
            quantity = lots if quantity > 0 else -lots
        return quantity if abs(quantity) >= self.min_size and abs(quantity) * price >= self.min_notional else F(0)

    def batch(self, t, cells):
        which = 3 if self.fill["execution"] == "close" else 0
        price = lambda a: self.bars[a][t][which] if self.bars[a][t] else self.last_close(a, t)
        V = self.value(t, price)
        if not cells or V <= 0:
            return
        wanted = {}
        for a, (weight, _) in cells.items():
            quantity = weight * V / price(a) - self.books[a].shares
            wanted[a] = quantity if weight == 0 else self.tradable(quantity, price(a))
        if self.fill["cash"] == "scale":
            wanted = self.scaled(wanted, price, V)
        order = list(cells)
        if self.fill["sequence"] == "sells_first":
            order.sort(key=lambda a: (cells[a][0] * V - self.books[a].shares * price(a), a))
        for a in order:
            self.execute(t, a, cells[a], wanted[a], price(a))

    def scaled(self, wanted, price, V):
        available, needed, added = self.cash + (self.leverage - 1) * V, F(0), {}
        for a, quantity in wanted.items():
            fill = self.slipped(price(a), quantity > 0)
            if quantity < 0:
                available += -quantity * fill * (1 - self.fee_rate) - self.fixed_fee
            elif quantity > 0:
                cover = min(quantity, max(-self.books[a].shares, F(0)))
                available -= cover * fill * (1 + self.fee_rate) + self.fixed_fee
                added[a] = quantity - cover
                needed += added[a] * fill * (1 + self.fee_rate)
        if needed <= available:
            return wanted
        scale = max(available, F(0)) / needed
        return wanted | {a: wanted[a] - part + self.tradable(scale * part, price(a)) for a, part in added.items()}

    def affordable(self, quantity, fill, price):
        if self.fill["cash"] == "scale" or quantity <= 0:
            return quantity
        value = quantity * fill
        if value * (1 + self.fee_rate) + self.fixed_fee <= self.cash:
            return quantity
        if self.fill["cash"] == "reject" or self.cash <= self.fixed_fee:
            return F(0)
        return self.tradable((self.cash - self.fixed_fee) / (1 + self.fee_rate) / fill, price)

    def execute(self, t, a, cell, quantity, price):
        weight, stops = cell
        book, before = self.books[a], self.books[a].shares
        fill = self.slipped(price, quantity > 0)
        quantity = self.affordable(quantity, fill, price)
        if quantity != 0:
            self.book_fill(t, a, quantity, fill, "flatten" if weight == 0 else "rebalance")
            start = self.bars[a][t][3] if self.fill["stopBase"] == "close" else fill
            opens = book.shares != 0 and before * book.shares <= 0
            increases = before * quantity > 0
            if opens or (increases and self.fill["onIncrease"] == "override"):
                book.base = book.peak = start
            elif increases and self.fill["onIncrease"] == "average":
                book.base = (book.base * abs(before) + start * abs(quantity)) / (abs(before) + abs(quantity))
            if opens:
                self.opened_now.add(a)
        if weight == 0:
            return
        book.stops = dict(stops)
        if self.fill["rearm"] == "True" and book.shares and any(book.stops.values()):
            stop, profit = book.stop(book.peak), book.profit()
            if (stop and book.loses(price, stop[0])) or (profit is not None and book.wins(price, profit)):
                book.base = book.peak = price

    def cells_of(self, t):
        cells = {}
        for name, given in self.events.get(t, {}).items():
            if given["weight"] is not None:
                own = {n: exact(v) for n, v in given.get("stops", {}).items()}
                cells[self.assets.index(name)] = (exact(given["weight"]), self.defaults | own)
        return dict(sorted(cells.items()))

    def run(self):
        at_close, decided, ruined = self.fill["execution"] == "close", {}, False
        for t in range(len(self.bars[0])):
            self.stopped_now, self.opened_now = set(), set()
            if not ruined:
                self.open_and_range(t, {} if at_close else self.due(t, decided))
                decided = self.cells_of(t)
                for a, book in enumerate(self.books):
                    waits = a in self.opened_now and self.fill["entryBar"] == "never"
                    if book.shares and self.bars[a][t] and not waits:
                        _, high, low, _ = self.bars[a][t]
                        book.peak = max(book.peak, high) if book.long else min(book.peak, low)
                if at_close:
                    self.batch(t, self.due(t, decided))
            equity = self.value(t, lambda a: self.last_close(a, t))
            if equity <= 0 and not ruined and self.fill["ruin"] == "close":
                ruined = True
                for a, book in enumerate(self.books):
                    if book.shares:
                        self.book_fill(t, a, -book.shares, self.slipped(self.last_close(a, t), book.shares < 0), "ruin")
                equity = self.cash
            self.equity.append(equity)
        return self

    def open_and_range(self, t, due):
        stop_only = self.fill["onConflict"] == "stop_only"
        for a in range(len(self.books)):
            if not self.armed(a, t) or (self.fill["onConflict"] == "instruction" and a in due):
                continue
            found = self.gap(a, t) or (stop_only and self.intrabar(a, t))
            if found:
                self.exit(t, a, *found)
        if self.fill["execution"] != "close":
            self.batch(t, {a: cell for a, cell in due.items() if not (stop_only and a in self.stopped_now)})
        for a in range(len(self.books)):
            if self.armed(a, t) and not (a in self.opened_now and self.fill["entryBar"] == "never"):
                found = self.intrabar(a, t)
                if found:
                    self.exit(t, a, *found)


def outcome(case):
    run = Run(case).run()
    orders = [[t, asset, float(quantity), float(price), reason] for t, asset, quantity, price, reason in run.orders]
    return {"orders": orders, "equity": [float(value) for value in run.equity]}


if __name__ == "__main__":
    json.dump([outcome(case) for case in json.load(sys.stdin)], sys.stdout)
