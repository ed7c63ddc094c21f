"""Runs a sparse instruction matrix in NautilusTrader: target weights with stops, one strategy, no polling.

    python run_instructions.py FOLDER      reads bars.csv, instructions.json and config.json, writes nautilus.json; where
                                           `backsweep export` left expected.json, says how far its equity is from it

- bars.csv: symbol,ts,open,high,low,close (further columns are ignored); ts is the time of the close, ISO 8601 or
  milliseconds since 1970.
- instructions.json: [{"timestamp": ..., "instructions": {"AAPL": {"weight": 0.5, "stops": {"stopLoss": 0.05}}}}], the
  rebalance events; a symbol that is absent is maintained, weight 0 flattens, stops not named are the run's, null = none.
- config.json, all optional: cash, feeRate, fixedFee, slippage, stops, account ("cash" or "margin"), pricePrecision,
  sizePrecision, moneyPrecision. CHOICES below are read from it too; other values than the usual ones show what
  NautilusTrader does then.

The strategy acts on rebalance events, which reach it as custom data after the bars of their time, on its fills, and on
bars where an instruction waits for one. A market order at the close brings each asset to its weight, in the order in
which the symbols first appear, as the preset `nautilus` of backsweep does; stops rest as orders: stop-market,
trailing-stop-market (from the tighter level, where both are given) and limit.
"""

import csv
import json
import math
import sys
from decimal import Decimal
from pathlib import Path
from time import process_time

import nautilus_trader
from nautilus_trader.backtest.engine import BacktestEngine
from nautilus_trader.backtest.config import BacktestEngineConfig
from nautilus_trader.backtest.models import FeeModel, FillModel
from nautilus_trader.common.actor import Actor
from nautilus_trader.common.config import LoggingConfig
from nautilus_trader.core.data import Data
from nautilus_trader.model.book import OrderBook
from nautilus_trader.model.data import Bar, BarType, BookOrder, CustomData, DataType, TradeTick
from nautilus_trader.model.enums import (
    AccountType,
    AggressorSide,
    AssetClass,
    BookType,
    CurrencyType,
    OmsType,
    OrderSide,
    OrderStatus,
    OrderType,
    TrailingOffsetType,
    TriggerType,
)
from nautilus_trader.model.identifiers import ClientId, InstrumentId, Symbol, TradeId, Venue
from nautilus_trader.model.instruments import Commodity
from nautilus_trader.model.objects import Currency, Money, Price, Quantity
from nautilus_trader.risk.config import RiskEngineConfig
from nautilus_trader.trading.strategy import Strategy

VENUE = Venue("SIM")
EVENTS = ClientId("BACKSWEEP")
#: Of each bar, more than any order asks for: the engine offers a quarter of it at each of the four prices.
VOLUME = 1e12
MIN_SIZE = 1e-8
NS = 1_000_000

#: What the engine is asked for besides the defaults. The other values are there to be measured.
CHOICES = {
    # Each order fills before the next is checked, so that sells of a batch pay for the buys after them.
    "messageQueue": False,
    # A trade at each close: without a price of its own the risk engine checks no market order against the cash.
    "closingTrades": True,
    # LAST_PRICE trails one price of the bar behind.
    "trailingTrigger": "BID_ASK",
    # Of two stops that one price passes, the engine fills the looser.
    "separateStops": False,
    # A market order without a bar fills at the last price there was.
    "waitForBar": True,
    # By default of margin accounts only: a cash account then refuses sells above its free cash.
    "baseCurrency": None,
    # Every fill one tick worse.
    "slipOneTick": False,
    "volume": VOLUME,
}


class RebalanceEvent(Data):
    """One row of the instruction matrix: cells of (asset, weight, stop loss, trailing stop, take profit)."""

    def __init__(self, ts, cells):
        self.cells = cells
        self._ts = ts

    @property
    def ts_event(self):
        return self._ts

    @property
    def ts_init(self):
        return self._ts


class RateAndFixedFee(FeeModel):
    """A fraction of the traded value and a sum per fill."""

    def __init__(self, rate, fixed, currency):
        self.rate, self.fixed, self.currency = rate, fixed, currency

    def get_commission(self, order, fill_qty, fill_px, instrument):
        value = fill_qty.as_double() * fill_px.as_double()
        return Money(value * self.rate + self.fixed, self.currency)


class ProportionalSlippage(FillModel):
    """Market orders and triggered stops fill worse by a fraction of their price, limit orders at their price."""

    def __init__(self, slippage):
        super().__init__()
        self.slippage = slippage

    def get_orderbook_for_fill_simulation(self, instrument, order, best_bid, best_ask):
        if order.order_type == OrderType.LIMIT:
            return None
        buying = order.side == OrderSide.BUY
        if order.order_type == OrderType.MARKET:
            price = best_ask if buying else best_bid
        else:
            price = order.trigger_price
        slipped = price.as_double() * (1 + self.slippage if buying else 1 - self.slippage)
        book = OrderBook(instrument.id, BookType.L2_MBP)
        side = OrderSide.SELL if buying else OrderSide.BUY
        size = Quantity(VOLUME, instrument.size_precision)
        book.add(BookOrder(side, Price(slipped, instrument.price_precision), size, 1), 0, 0)
        return book


class InstructionStrategy(Strategy):
    """Carries out rebalance events; an asset that a stop sold is left alone until an event names it."""

    def __init__(self, bar_types, currency, account_type, choice):
        super().__init__()
        self.bar_types, self.choice = bar_types, choice
        self.ids = [bar_type.instrument_id for bar_type in bar_types]
        self.asset_of = {instrument_id: a for a, instrument_id in enumerate(self.ids)}
        self.currency, self.account_type = currency, account_type
        count = len(bar_types)
        self.close, self.bar_ts = [math.nan] * count, [-1] * count
        self.peak, self.stop_level = [math.nan] * count, [None] * count
        self.waiting, self.names = {}, {}
        self.fills, self.refused = [], []

    def on_start(self):
        for bar_type in self.bar_types:
            self.subscribe_bars(bar_type)
        self.subscribe_data(DataType(RebalanceEvent), client_id=EVENTS)

    def on_bar(self, bar):
        a = self.asset_of[bar.bar_type.instrument_id]
        self.close[a], self.bar_ts[a] = bar.close.as_double(), bar.ts_event
        held = self.position(a)
        if held > 0:
            self.peak[a] = max(self.peak[a], bar.high.as_double())
        elif held < 0:
            self.peak[a] = min(self.peak[a], bar.low.as_double())
        if a in self.waiting:
            # After all bars of this time, and after an event at it.
            self.clock.set_time_alert_ns(f"due-{a}-{bar.ts_event}", bar.ts_event, lambda _: self.execute(bar.ts_event))

    def on_data(self, data):
        if isinstance(data, RebalanceEvent):
            self.on_rebalance(data)

    def on_rebalance(self, event):
        for cell in event.cells:
            self.waiting[cell[0]] = cell
        self.execute(event.ts_event)

    def execute(self, ts):
        """One batch at the close: cells whose asset has a bar now; the others wait for one."""
        due = [cell for a, cell in sorted(self.waiting.items())
               if self.bar_ts[a] == ts or not self.choice["waitForBar"]]
        equity = self.equity()
        for cell in due:
            del self.waiting[cell[0]]
        for a, weight, *stops in due:
            if equity <= 0:
                self.refused.append([ts, a, "rebalance"])
            else:
                self.bring_to(a, weight, stops, equity)

    def bring_to(self, a, weight, stops, equity):
        instrument = self.cache.instrument(self.ids[a])
        held, price = self.position(a), self.close[a]
        wanted = weight * equity / price - held
        step = instrument.size_increment.as_double()
        if abs(wanted) <= max(1e-9 * abs(held), 1e-12):
            wanted = 0.0
        elif weight != 0:
            wanted = math.trunc(wanted / step) * step
            wanted = 0.0 if abs(wanted) < MIN_SIZE else wanted
        self.cancel_all_orders(self.ids[a])
        if wanted != 0:
            side = OrderSide.BUY if wanted > 0 else OrderSide.SELL
            order = self.order_factory.market(self.ids[a], side, instrument.make_qty(abs(wanted)))
            filled = self.send(order, "flatten" if weight == 0 else "rebalance")
            if filled and self.position(a) * held <= 0:
                self.peak[a] = order.avg_px
        if weight != 0 and self.position(a) != 0:
            self.place_stops(a, instrument, *stops)

    def place_stops(self, a, instrument, stop_loss, trailing_stop, take_profit):
        position = self.cache.positions_open(instrument_id=self.ids[a])[0]
        base, sign = position.avg_px_open, 1 if position.is_long else -1
        side = OrderSide.SELL if position.is_long else OrderSide.BUY
        tighter = max if position.is_long else min
        stop = None if stop_loss is None else base * (1 - sign * stop_loss)
        self.stop_level[a] = None if stop is None else instrument.make_price(stop)
        if trailing_stop is not None:
            trail = self.peak[a] * (1 - sign * trailing_stop)
            one_order = stop is not None and not self.choice["separateStops"]
            level = instrument.make_price(tighter(trail, stop) if one_order else trail)
            self.send(self.order_factory.trailing_stop_market(
                self.ids[a], side, position.quantity,
                trailing_offset=Decimal(str(trailing_stop)) * 10_000,
                trailing_offset_type=TrailingOffsetType.BASIS_POINTS,
                trigger_price=level, trigger_type=TriggerType[self.choice["trailingTrigger"]], reduce_only=True,
            ), "trailing_stop")
        if stop is not None and (trailing_stop is None or self.choice["separateStops"]):
            level = instrument.make_price(stop)
            order = self.order_factory.stop_market(self.ids[a], side, position.quantity, level, reduce_only=True)
            self.send(order, "stop_loss")
        if take_profit is not None:
            level = instrument.make_price(base * (1 + sign * take_profit))
            order = self.order_factory.limit(self.ids[a], side, position.quantity, level, reduce_only=True)
            self.send(order, "take_profit")

    def send(self, order, name):
        self.names[order.client_order_id] = name
        self.submit_order(order)
        if order.status in (OrderStatus.DENIED, OrderStatus.REJECTED):
            self.refused.append([self.clock.timestamp_ns(), self.asset_of[order.instrument_id], name])
        return order.status == OrderStatus.FILLED

    def on_order_filled(self, event):
        a = self.asset_of[event.instrument_id]
        name = self.names[event.client_order_id]
        if name == "trailing_stop":
            order = self.cache.order(event.client_order_id)
            name = "stop_loss" if order.trigger_price == self.stop_level[a] else name
        if name in ("stop_loss", "trailing_stop", "take_profit"):
            # A stop drops an instruction that waits for this bar; one given at its close comes later.
            self.waiting.pop(a, None)
        sign = 1 if event.order_side == OrderSide.BUY else -1
        self.fills.append([
            event.ts_event, a, name, sign * event.last_qty.as_double(), event.last_px.as_double(),
            event.commission.as_double(),
        ])

    def position(self, a):
        """Signed quantity held of an asset."""
        return sum(position.signed_qty for position in self.cache.positions_open(instrument_id=self.ids[a]))

    def equity(self):
        """Money and positions at the last closes."""
        account = self.portfolio.account(VENUE)
        value = account.balance_total(self.currency).as_double()
        for a in range(len(self.ids)):
            for position in self.cache.positions_open(instrument_id=self.ids[a]):
                entry = position.avg_px_open if self.account_type == AccountType.MARGIN else 0.0
                value += position.signed_qty * (self.close[a] - entry)
        return value


class EquityRecorder(Actor):
    """Notes the equity once a bar's time has passed, whatever happened at it."""

    def __init__(self, strategy, times):
        super().__init__()
        self.strategy, self.times, self.equity = strategy, times, []

    def on_start(self):
        for ts in self.times:
            self.clock.set_time_alert_ns(str(ts), ts + 1, lambda _: self.equity.append(self.strategy.equity()))


def run(case):
    """One backtest: {symbols, times (ms), bars [asset][bar] = [o, h, l, c] or null, events, config} to what happened."""
    config = case["config"]
    choice = {name: config.get(name, usual) for name, usual in CHOICES.items()}
    margin = config.get("account", "cash") == "margin"
    account_type = AccountType.MARGIN if margin else AccountType.CASH
    currency = Currency("CASH", config.get("moneyPrecision", 12), 0, "cash", CurrencyType.FIAT)
    engine = BacktestEngine(BacktestEngineConfig(
        logging=LoggingConfig(bypass_logging=True),
        run_analysis=False,
        risk_engine=RiskEngineConfig(max_order_submit_rate="1000000/00:00:01", max_order_modify_rate="1000000/00:00:01"),
    ))
    based = margin if choice["baseCurrency"] is None else choice["baseCurrency"]
    engine.add_venue(
        venue=VENUE,
        oms_type=OmsType.NETTING,
        account_type=account_type,
        starting_balances=[Money(config.get("cash", 10_000), currency)],
        base_currency=currency if based else None,
        default_leverage=Decimal(1),
        fill_model=fill_model(config.get("slippage", 0), choice["slipOneTick"]),
        fee_model=RateAndFixedFee(config.get("feeRate", 0), config.get("fixedFee", 0), currency),
        use_message_queue=choice["messageQueue"],
        bar_execution=True,
        trade_execution=False,
    )
    times = [ms * NS for ms in case["times"]]
    bar_types = []
    for symbol, rows in zip(case["symbols"], case["bars"]):
        instrument = commodity(symbol, currency, config.get("pricePrecision", 12), config.get("sizePrecision", 3))
        engine.add_instrument(instrument)
        bar_types.append(BarType.from_str(f"{instrument.id}-1-DAY-LAST-EXTERNAL"))
        there = [(ts, row) for ts, row in zip(times, rows) if row is not None]
        if there:
            engine.add_data([bar_of(bar_types[-1], instrument, row, ts, choice["volume"]) for ts, row in there], sort=False)
        if there and not margin and choice["closingTrades"]:
            engine.add_data([closing_trade(instrument, row, ts) for ts, row in there], sort=False)
    events = [RebalanceEvent(event["time"] * NS, event["cells"]) for event in case["events"]]
    events.append(RebalanceEvent(times[-1] + 2, []))  # moves the clock past the last bar
    engine.add_data([CustomData(DataType(RebalanceEvent), event) for event in events], client_id=EVENTS, sort=True)
    strategy = InstructionStrategy(bar_types, currency, account_type, choice)
    recorder = EquityRecorder(strategy, times)
    engine.add_strategy(strategy)
    engine.add_actor(recorder)
    started = process_time()
    engine.run()
    seconds = process_time() - started
    engine.dispose()
    bar_at = {ts: t for t, ts in enumerate(times)}
    return {
        "fills": [[bar_at[ts], *rest] for ts, *rest in strategy.fills],
        "refused": [[bar_at[ts], *rest] for ts, *rest in strategy.refused],
        "equity": recorder.equity,
        # A cash account that falls below zero ends the whole backtest.
        "endedAt": bar_at[max(strategy.bar_ts)],
        # Of the processor, for the run alone.
        "seconds": seconds,
    }


def fill_model(slippage, one_tick):
    if one_tick:
        return FillModel(prob_slippage=1.0)
    return ProportionalSlippage(slippage) if slippage else FillModel()


def commodity(symbol, currency, price_precision, size_precision):
    """A spot instrument without a base currency: buying takes money and gives a position, nothing else."""
    return Commodity(
        instrument_id=InstrumentId(Symbol(symbol), VENUE),
        raw_symbol=Symbol(symbol),
        asset_class=AssetClass.EQUITY,
        quote_currency=currency,
        price_precision=price_precision,
        size_precision=size_precision,
        price_increment=Price(10.0**-price_precision, price_precision),
        size_increment=Quantity(10.0**-size_precision, size_precision),
        margin_init=Decimal(0),
        margin_maint=Decimal(0),
        ts_event=0,
        ts_init=0,
    )


def bar_of(bar_type, instrument, row, ts, volume):
    prices = [Price(price, instrument.price_precision) for price in row]
    return Bar(bar_type, *prices, Quantity(volume, instrument.size_precision), ts, ts)


def closing_trade(instrument, row, ts):
    price = Price(row[3], instrument.price_precision)
    size = Quantity(VOLUME, instrument.size_precision)
    return TradeTick(instrument.id, price, size, AggressorSide.NO_AGGRESSOR, TradeId(str(ts)), ts, ts)


def read_folder(folder):
    """The case that a folder describes."""
    config = json.loads((folder / "config.json").read_text()) if (folder / "config.json").exists() else {}
    with open(folder / "bars.csv", newline="") as file:
        rows = [(row["symbol"], milliseconds(row["ts"]), [float(row[k]) for k in ("open", "high", "low", "close")])
                for row in csv.DictReader(file)]
    symbols = list(dict.fromkeys(symbol for symbol, _, _ in rows))
    times = sorted({ts for _, ts, _ in rows})
    by_symbol = {symbol: {} for symbol in symbols}
    for symbol, ts, prices in rows:
        by_symbol[symbol][ts] = prices
    defaults = config.get("stops", {})
    events = []
    for event in json.loads((folder / "instructions.json").read_text()):
        cells = []
        for symbol, given in event["instructions"].items():
            if given.get("weight") is None:
                continue
            if symbol not in by_symbol:
                sys.exit(f"instructions.json, {event['timestamp']}: expected one of {symbols}, found {symbol!r}")
            stops = {**defaults, **given.get("stops", {})}
            cells.append([symbols.index(symbol), given["weight"],
                          *(stops.get(name) for name in ("stopLoss", "trailingStop", "takeProfit"))])
        events.append({"time": milliseconds(event["timestamp"]), "cells": cells})
    bars = [[by_symbol[symbol].get(ts) for ts in times] for symbol in symbols]
    return {"symbols": symbols, "times": times, "bars": bars, "events": events, "config": config}


def milliseconds(value):
    from pandas import Timestamp

    if isinstance(value, int | float) or str(value).isdigit():
        return int(value)
    stamp = Timestamp(value)
    return int((stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp).value // NS)


def main():
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "bars.csv").exists():
        sys.exit(f"expected a folder with bars.csv and instructions.json, found {sys.argv[1:]}\n\n{__doc__}")
    folder = Path(sys.argv[1])
    case = read_folder(folder)
    result = run(case)
    (folder / "nautilus.json").write_text(json.dumps(result))
    print(f"{len(result['fills'])} fills, {len(result['refused'])} refused, final equity {result['equity'][-1]}")
    if (folder / "expected.json").exists():
        compare(result, len(case["times"]), json.loads((folder / "expected.json").read_text()))


def compare(result, bars, expected):
    """Prints one line of JSON, and the assumptions that NautilusTrader does not share."""
    ours = expected["equity"]
    difference = max(abs(a - b) / max(1, abs(a), abs(b)) for a, b in zip(result["equity"], ours))
    print(json.dumps({
        "version": nautilus_trader.__version__, "fills": len(result["fills"]), "fillsExpected": len(expected["orders"]),
        "endValue": result["equity"][-1], "endValueExpected": ours[-1], "largestDifference": difference,
    }))
    if result["endedAt"] < bars - 1:
        print(f"ended at bar {result['endedAt']} of {bars}: an order with its costs took the account below zero")
    for departure in expected["departures"]:
        print(f"differs: {departure}")


if __name__ == "__main__":
    main()
