"""The home feed of a marketplace: six places, whom to give them to, and what is never learned of who gets none.

A ranking lead decides for 60 days what some 2,500 pages a day show. A click is counted at once, a purchase lands a day
later, a return a week later; what was not shown is never clicked, so the feed teaches itself what it believes already.
The expert beats the strong answer by how it learns from few looks: it corrects for the place, samples what it is unsure
of and forgets. Where nothing is new - no arrivals, no drift, no fake clicks - that earns next to nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from simulator.board import Board, Experiment, Place, Question, Station
from simulator.books.earnings import per_request
from simulator.books.figures import closed_share, marked, mean, quantile
from simulator.books.ledger import CLOSE
from simulator.books.requests import ABSENT, Requests
from simulator.books.till import poster
from simulator.case import Act, Case, Level, Par
from simulator.design import Design, Dial, choice, integer, number, switch
from simulator.desks.page_log import PageLog
from simulator.exhibits import charted, compared, readings
from simulator.exhibits import number as figure
from simulator.exhibits.stretches import by_action, share_of, stretches
from simulator.incidents import Incident, Kind, When
from simulator.learning import shelf_models as shelf
from simulator.learning.monitors import Bell
from simulator.learning.pages import Believed, published, replayed
from simulator.learning.readings import Reading
from simulator.learning.registry import Version
from simulator.plan import Plan
from simulator.probes import Asked, Probe
from simulator.rubric import Anchors, Behaviour, Dimension, Log, Occasion
from simulator.rules import ended_with, left_alone, looked_first, stood
from simulator.run import Run
from simulator.service import Service
from simulator.serving.fleet import Fleet
from simulator.serving.pool import ROUTES
from simulator.serving.prices import Meter, Prices
from simulator.serving.topology import Client, Delay, Law, Pool, Topology
from simulator.streams import Streams
from simulator.system import Decided, Ended, Parts, Scored, Served, System
from simulator.targets import Kpi, Target
from simulator.units import DAY, HOUR, MINUTE, Floats, Ints, date, day, dollars, micro
from simulator.view import View
from simulator.world import catalogue
from simulator.world.catalogue import Catalogue, Past, Shelves, examined, farmed
from simulator.world.labels import Landed
from simulator.world.page_visits import Crowd, Farm, visits
from simulator.world.popularity import Patience
from simulator.world.tape import Tape

HORIZON = day(60)
PLACES, GROUPS = 6, 5
LOOK = examined(PLACES)  # share of visitors who look at each place
NEWCOMER, FAIR = day(30), 0.10  # for so long an item is one; share of the looks below which creators lose patience
SUSPECT = 0.08  # share of all clicks
FOR_GOOD = 365  # days of memory that mean that nothing is forgotten
PANEL = 32  # sampled rankings that a publication brings along
MOST, BUDGET, RANKER = 8, 0.120, 1  # replicas; s for a page; stage of the ranker
MOST_KEPT = 15 * 24  # publications to roll back to: one an hour for over two weeks
FALLBACK = ROUTES.index("fallback")
RESULTS = ("open", "absent", "ranked", "static")
RANKED, STATIC = 2, 3
_NONE: Ints = np.empty(0, np.int64)
BEST, EXPLORED, UNRANKED = range(3)  # actions
READ, CALL = Law.lognormal(0.012, 0.25), Law.lognormal(0.008, 0.4)  # features; ranker before the first candidate
PER_ITEM_MS = {"popularity": 0.3, "group_ctr": 0.45, "logistic": 0.5, "factors": 0.5}

BRIEF = """\
For 60 days you lead ranking at a marketplace whose home feed has six places. Clicks are up. So are complaints.

About 2,500 pages a day are asked for, a third of them within a minute of the push in the evening. A page collects
*candidates*, reads features (12 ms), scores each candidate (0.3 to 0.5 ms) and must be out after 120 ms; if it is not,
it shows the bestsellers of last year, which costs $0.006 and what a better page would have earned.

A click earns $0.02, a purchase $1.80, a return costs $4. Purchases are known a day later, returns a week later. Some
items are bait: clicked, hardly bought, sent back. Visitors belong to five groups with tastes of their own, which you
know; what they like you learn from what you show them. They look at the first place always, at the sixth in three
cases of ten. To the 300 items of take-off two or three are added each day, clicked a third more often if seen.
Nobody has clicked them yet. When items younger than 30 days get under 10 % of the looks for 14 days, a creator leaves
for a competitor and takes $400 along. A publication of what was learned costs $1, a replica $0.06 an hour.
"""


# --- decisions ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FeedDesign(Design):
    """The decisions of the ranking lead."""

    objective: str = choice(
        "click", ("click", "purchase", "value"), "Objective",
        help="what a click on an item counts for: 1, its purchases, or its money: purchases less returns",
    )  # fmt: skip
    source: str = choice(
        "popular", shelf.SOURCES, "Candidates from",
        help="most clicked by all; most clicked by the visitor's group; or that, and the newest for two places in five",
    )  # fmt: skip
    ranker: str = choice(
        "group_ctr", shelf.RANKERS, "Ranker",
        help="all clicks; the click rate of each group; logistic regression on rates and kinds; matrix factorisation",
    )  # fmt: skip
    explore: str = choice(
        "none", ("none", "page", "slot", "thompson"), "Exploration",
        help="some pages are: random; given a guest, shown seldom so far, in the last place; or ranked by rates drawn "
        "from what is believed of each item",
    )  # fmt: skip
    debias: bool = switch(
        False, "Correct for the place", cost="$0.001 a page for the log",
        help="count looks instead of times shown: the last place is looked at in three cases of ten",
    )  # fmt: skip
    memory_days: int = integer(60, 1, FOR_GOOD, "Memory", unit="days", help="then a click counts half; 365 = for good")
    publish_hours: int = integer(24, 1, 168, "Publish every", unit="hours", cost="$1", help="pages go by the last one")
    share: float = number(0.1, 0.0, 1.0, "Exploring pages", unit="share", live=True, help="how many pages explore")
    candidates: int = integer(100, 20, 400, "Candidates", live=True, help="scored for a page", cost="0.3-0.5 ms each")
    replicas: int = integer(2, 1, MOST, "Ranker replicas", live=True, cost="$0.06 an hour each; up after 2 minutes")


ACTS = {
    "ban": Act(
        "Ban an item", "it is not shown any more, at once and for good",
        (Dial("integer", "Item", 0, name="item", low=0, high=100_000, help="which, in the order of arrival"),),
    ),
    "roll_back": Act(
        "Roll back", "the counts are again what they were at a midnight; what was counted since is lost",
        (Dial("integer", "Days", 3, name="days", low=1, high=14, help="how many midnights back"),),
    ),
}  # fmt: skip


# --- world ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FeedSetting(Design):
    """The parameters of the world; sources stand at the end of the case."""

    pages: int = integer(2500, 50, 50_000, "Pages", unit="a day")
    visitors: int = integer(20_000, 100, 1_000_000, "Visitors", unit="people")
    items: int = integer(300, 50, 5000, "Items at take-off")
    arriving: float = number(2.25, 0.0, 100.0, "New items", unit="a day")
    better: float = number(0.35, 0.0, 2.0, "What new items have over older ones", unit="log odds of a click")
    base: float = number(0.05, 0.001, 0.5, "Clicks of those who look at the median item", unit="share")
    conversion: float = number(0.06, 0.0, 0.5, "Purchases per click of the median item", unit="share")
    returns: float = number(0.10, 0.0, 0.5, "Returns per purchase", unit="share")
    bait: float = number(0.12, 0.0, 0.5, "Items that are bait", unit="share")
    weekend: float = number(0.85, 0.1, 1.0, "Clicks at weekends", unit="of other days'")
    push: float = number(0.35, 0.0, 0.9, "Pages that follow the evening's push", unit="share")
    lag: float = number(20.0, 1.0, 3600.0, "They come after a mean of", unit="s")
    views: float = number(20.0, 0.0, 1000.0, "Times an item was shown to a group in each place before take-off")
    click: float = number(0.02, 0.0, 1.0, "A click", unit="$")
    purchase: float = number(1.80, 0.0, 100.0, "A purchase", unit="$")
    back: float = number(4.0, 0.0, 100.0, "A return costs", unit="$")
    late: float = number(0.006, 0.0, 1.0, "A late page costs", unit="$")
    creator: float = number(400.0, 0.0, 10_000.0, "A creator who leaves costs", unit="$")
    patience_days: float = number(14.0, 2.0, 60.0, "A creator's patience", unit="days")
    log: float = number(0.001, 0.0, 0.1, "The log of places and chances costs", unit="$ a page")
    publication: float = number(1.0, 0.0, 100.0, "A publication costs", unit="$")
    replica_hour: float = number(0.06, 0.0, 100.0, "A replica", unit="$ an hour")
    boot: float = number(120.0, 0.0, 3600.0, "Cold start of a replica", unit="s")


BY_HOUR = np.array([2, 1, 1, 1, 1, 1, 2, 4, 5, 5, 5, 6, 7, 6, 5, 5, 5, 6, 7, 8, 8, 7, 5, 3], dtype=float)


def stocked(streams: Streams, setting: FeedSetting, incidents: tuple[Incident, ...]) -> tuple[Catalogue, Past]:
    """Draw the items, and what was counted of them before take-off."""
    s = setting
    shelves = Shelves(
        s.items, s.arriving, HORIZON / DAY, GROUPS, base=s.base, conversion=s.conversion, returns=s.returns,
        bait=s.bait, better=s.better,
    )  # fmt: skip
    drifts = [(i.name, i.at, i.size) for i in incidents if i.kind == "drift"]
    goods = catalogue.drawn(streams, shelves, sorted(drifts, key=lambda drift: drift[1]))
    return goods, catalogue.past(streams, goods, LOOK, s.views)


def world(seed: int, horizon: float, setting: FeedSetting, incidents: tuple[Incident, ...]) -> Tape:
    """Draw the tape, a block a day: who asks for a page when, and the luck that the page brings along."""
    streams = Streams(seed)
    goods, _ = stocked(streams, setting, incidents)
    crowd = Crowd(setting.pages, BY_HOUR, setting.push, setting.lag, setting.visitors, GROUPS, micro(setting.purchase))
    farms = [
        Farm(f.name, farmed(goods, f.name, seed), f.size, *((-math.inf, math.inf, i) if f.when else (f.at, f.end)))
        for i, f in enumerate(incidents)
        if f.kind == "click_farm"
    ]
    return Tape.of(visits(streams, crowd, farms, math.ceil(horizon / DAY)), setting.visitors, streams.unseed())


# --- system ---------------------------------------------------------------------------------------------------


def build(system: System, setting: FeedSetting, incidents: tuple[Incident, ...]) -> Parts:
    """Wire the feed into *system*."""
    return Feed(system, setting, incidents).wired()


class Feed:
    """The home feed: candidates, ranker, exploration, and what visitors do about it."""

    def __init__(self, system: System, setting: FeedSetting, incidents: tuple[Incident, ...]) -> None:
        self.system, self.setting, self.design = system, setting, cast(FeedDesign, system.design)
        self.post = poster(system.ledger)
        self.requests, self.luck, self.outcomes = system.tape.requests, system.tape.truths.luck, system.outcomes
        self.goods, before = stocked(Streams(system.streams.seed), setting, incidents)
        self.look = LOOK if self.design.debias else None
        self.tally = shelf.Tally(GROUPS, len(self.goods), PLACES)
        self.tally.start(before.shown, before.clicked, before.bought, before.returned)
        self.model = shelf.ranker(self.design.ranker, self.goods.kind, GROUPS, system.streams.seed)
        self.classics = np.argsort(-before.bought.sum(axis=0), kind="stable")  # never refreshed: a static shelf
        self.log = PageLog(system, self.goods, LOOK)
        self.shown, self.clicked = self.log.shown, self.log.clicked
        self.banned = _NONE
        self.window: list[Ints] = []
        self.versions = [Version(1, 0.0, "take-off", int(before.shown.sum()), int(before.clicked.sum()))]
        self.published: list[tuple[float, shelf.Kept]] = [(0.0, self.tally.kept)]
        self.sampled: tuple[int, Floats] = 0, np.empty(0)
        self.index_stands, self.earned = math.inf, 0
        self.patience = Patience.of(1, FAIR, day(setting.patience_days - 1))  # a midnight tells of the day before it
        self.bell = Bell(quiet=day(7))
        self.renew(self.tally.kept)
        self.service = Service(system, self.topology(), system.streams)
        self.fleet = Fleet(system.clock, self.service.plane, RANKER)
        self.meter = Meter(Prices(replica_hour=setting.replica_hour))

    def topology(self) -> Topology:
        """Return the way of a page: features, then a replica that scores its candidates."""
        features = Delay(name="features", service=READ)
        rank = Pool(
            name="ranker", service=CALL, per_item=self.scoring(), replicas=self.design.replicas,
            most=MOST, balance="least_loaded", drop_expired=True,
        )  # fmt: skip
        return Topology((features, rank), Client(timeout=BUDGET, fallback=True))

    def scoring(self) -> float:
        """Return how long the candidates of a page take to score [s]; sampled rates are those of each group."""
        sampled = self.design.explore == "thompson" and self.design.share > 0
        each = max(PER_ITEM_MS[self.design.ranker], PER_ITEM_MS["group_ctr"] if sampled else 0.0)
        return each * int(self.live.items.shape[1]) / 1000

    def wired(self) -> Parts:
        """Set the processes going and hand out the parts."""
        clock, say = self.system.clock, self.system.say
        clock.every(DAY, self.at_midnight)
        clock.every(self.design.publish_hours * HOUR, self.publish)
        return Parts(
            see=self.see, score=self.score, reach=self.service.reach, stride=300.0, serve=self.service.serve,
            decide=self.decide, respond=self.respond, price=self.price, owe=self.owe, learn=self.learn,
            turn=self.turn, close=self.close, acts={"ban": self.ban, "roll_back": self.roll_back},
            effects={
                "stale_index": (lambda i: self.stop_index(clock.now - 12 * HOUR), lambda i: self.stop_index(math.inf)),
                "page": (lambda i: say("alarm", i.name, i.says or "a page"), lambda i: None),
            },
            versions=self.versions,
        )  # fmt: skip

    def see(self, requests: Requests) -> Floats:
        """Return (n, 2) what is known of a page: its number and the visitor's group."""
        return np.column_stack([requests.id, requests.segment]).astype(np.float64)

    def score(self, seen: Floats) -> Scored:
        """Compose the pages by the live snapshot; the score of a page is the click rate of its first item."""
        ids, group = seen.astype(np.int64).T
        self.log.compose(ids, self.live, self.design.explore, self.design.share)
        return Scored(self.live.rates[group, self.shown[ids, 0]], self.live.number)

    def decide(self, requests: Requests, scored: Scored, served: Served) -> Decided:
        """Show what was composed; who waited too long gets the static shelf."""
        ids, late = requests.id, served.route == FALLBACK
        self.shown[ids[late]] = self.classics[~np.isin(self.classics, self.banned)][:PLACES]
        self.log.chance[ids[late]] = 1.0
        action = np.where(late, UNRANKED, np.where(self.log.explored[ids], EXPLORED, BEST))
        return Decided(action, self.log.chance[ids])

    def respond(self, requests: Requests, decided: Decided, until: float) -> Ended:
        """Let visitors click, buy and send back; a fake one clicks what it is paid for, on the page or elsewhere."""
        ids, group, log = requests.id, requests.segment, self.log
        weekend = (requests.at // DAY).astype(np.int64) % 7 >= 5
        log.answer(ids, np.where(weekend, self.setting.weekend, 1.0))
        elsewhere = log.elsewhere[ids] >= 0
        self.tally.count(group, self.shown[ids], self.clicked[ids])
        self.tally.click(group[elsewhere], log.elsewhere[ids][elsewhere])
        self.window.append(ids)
        result = np.where(decided.action == UNRANKED, STATIC, RANKED)
        return Ended(ids, requests.at + self.outcomes.latency[ids], result)

    def price(self, ended: Ended) -> None:
        """Post what pages earned and cost at once; fake clicks are found out by the invoice, and earn nothing."""
        s, ids = self.setting, ended.id
        clicks = np.where(self.log.target[ids] < 0, self.clicked[ids].sum(axis=1), 0)
        some, late = clicks > 0, ended.result == STATIC
        self.post("clicks", "clicked", ended.at[some], clicks[some] * micro(s.click), ids[some])
        self.post("late pages", "late", ended.at[late], -micro(s.late), ids[late])
        if self.design.debias:
            self.post("log", "logged", ended.at[~late], -micro(s.log), ids[~late])

    def owe(self, ended: Ended) -> None:
        """Promise what is to come: 1 when a purchase lands, and 0 when it has been sent back."""
        sold = self.log.sold[ended.id] >= 0
        ids, at = ended.id[sold], ended.at[sold]
        bought_at, back = at + self.luck["buys_after"][ids], self.log.comes_back[ids]
        sent_at = (bought_at + self.luck["returns_after"][ids])[back]
        self.system.labels.owe(ids, np.ones(len(ids), np.int64), bought_at)
        self.system.labels.owe(ids[back], np.zeros(len(sent_at), np.int64), sent_at)

    def learn(self, landed: Landed) -> None:
        """Book the purchases and returns that have come to light, and count them."""
        self.settle(landed, "bought", "sent back")
        items = self.log.sold[landed.id]
        self.tally.buy(items[landed.label == 1])
        self.tally.send_back(items[landed.label == 0])
        self.log.buy(items[landed.label == 1])

    def settle(self, landed: Landed, bought: str, sent_back: str) -> None:
        """Post *landed* purchases and returns, for these causes."""
        sold, back = landed.rows(landed.label == 1), landed.rows(landed.label == 0)
        self.post("purchases", bought, sold.at, micro(self.setting.purchase), sold.id)
        self.post("returns", sent_back, back.at, -micro(self.setting.back), back.id)

    def publish(self) -> None:
        """Try the live snapshot on its own log, then fold that, let the ranker learn, and put a new snapshot live."""
        now, d = self.system.clock.now, self.design
        self.post("publications", "published", now, -micro(self.setting.publication))
        ids, self.window = np.sort(np.concatenate([_NONE, *self.window])), []
        self.system.mark("offline_ndcg", self.on_its_log(ids))
        memory = d.memory_days if d.memory_days < FOR_GOOD else math.inf
        kept = self.tally.fold((now - self.published[-1][0]) / DAY, memory)
        self.published = [*self.published[-MOST_KEPT:], (now, kept)]
        weight = 1 / LOOK if d.debias else np.ones(PLACES)
        self.model.learn(self.requests.segment[ids], self.shown[ids], self.clicked[ids], weight)
        self.versions.append(Version(len(self.versions) + 1, now, "clock", len(ids), int(self.clicked[ids].sum())))
        self.renew(kept)
        self.service.plane.set(RANKER, "per_item", self.scoring())

    def renew(self, kept: shelf.Kept) -> None:
        """Make a snapshot of what is *kept*, and put it live as the latest version."""
        d, known = self.design, self.goods.known(min(self.published[-1][0], self.index_stands))
        items = shelf.candidates(d.source, kept, d.candidates, np.arange(known), self.banned)
        rates = self.model.scores(kept, self.look)
        believed = Believed(rates, self.gain(kept), kept.shown, self.drawn(kept))
        self.live = published(len(self.versions), items, believed)

    def gain(self, kept: shelf.Kept) -> Floats:
        """Return (m,) what the objective makes of a click on each item."""
        s = self.setting
        terms = {"click": (1.0, 0.0, 0.0), "purchase": (0.0, 1.0, 0.0), "value": (s.click, s.purchase, s.back)}
        return np.maximum(shelf.worth(kept, shelf.Worth(*terms[self.design.objective])), 1e-6)

    def drawn(self, kept: shelf.Kept) -> Floats:
        """Return (p, g, m) rates drawn from what is believed of every item, where pages are ranked by such."""
        if self.design.explore != "thompson":
            return np.empty((0, GROUPS, len(self.goods)))
        if self.sampled[0] != len(self.versions):  # a turned dial cuts the same draws anew
            luck = self.system.streams.get("feed", "sampled rates", len(self.versions))
            everything = np.tile(np.arange(len(self.goods)), (GROUPS, 1))
            self.sampled = len(self.versions), shelf.sampled_rates(kept, self.look, everything, PANEL, luck)
        return self.sampled[1]

    def on_its_log(self, ids: Ints) -> float:
        """Return the NDCG of the live snapshot on the pages *ids*: they are sorted by it, and clicks are the gains."""
        ids = ids[self.outcomes.result[ids] == RANKED]
        values = self.live.value[self.requests.segment[ids][:, None], self.shown[ids]]
        return replayed(values, self.clicked[ids])

    def turn(self, design: Design) -> None:
        """Take over dials that were turned in flight."""
        self.design = cast(FeedDesign, design)
        self.service.plane.set(RANKER, "per_item", self.scoring())
        self.fleet.scale(self.design.replicas, self.setting.boot)
        self.renew(self.tally.kept)

    def ban(self, item: int) -> None:
        """Show *item* no more; the page is cut anew from what was published."""
        known = self.goods.known(self.system.clock.now)
        if item >= known or len(self.banned) >= self.goods.known(0.0) // 2:
            why = f"there are {known} items so far" if item >= known else "half of the first ones are banned"
            self.system.say("note", "ban", f"item {item} cannot be banned: {why}")
            return
        self.banned = np.union1d(self.banned, [item]).astype(np.int64)
        self.renew(self.tally.kept)

    def roll_back(self, days: int) -> None:
        """Publish again what was live *days* midnights ago; models that learn by gradient keep their weights."""
        now = self.system.clock.now
        midnight = max(0.0, (now // DAY - (days - 1)) * DAY)
        at, kept = max((entry for entry in self.published if entry[0] <= midnight), key=lambda entry: entry[0])
        self.tally.restore(kept)
        self.versions.append(Version(len(self.versions) + 1, now, f"rolled back to day {at / DAY:.1f}", 0, 0))
        self.renew(kept)

    def stop_index(self, at: float) -> None:
        """Let the index know no item that arrived after *at* [s]; infinity = it is rebuilt as usual."""
        self.index_stands = at

    def at_midnight(self) -> None:
        """Read the instruments, let creators and the desk look at them."""
        readings = self.read_instruments()
        self._ring(readings)
        self._lose_creators(readings["newcomer_share"])
        self.log.midnight()

    def read_instruments(self) -> dict[str, float]:
        """Pay the replicas up to now, then mark the gauges of the day."""
        now, window = self.system.clock.now, self.service.window()
        self.post("replicas", "replicas", now, -self.meter.due(self.fleet.paid_seconds()))
        told = self.log.readings(NEWCOMER)
        readings = {
            **told,
            "revenue_per_page": self._revenue() / max(1, told["pages"]),
            "newcomer_share": told["newcomer_share"] if self.setting.arriving else math.nan,
            "p99_ms": 1000 * window.quantile(0.99),
            "fallback_share": window.share(FALLBACK),
            "suspect": self.log.suspect(SUSPECT, self.banned) if now > day(3) else math.nan,
            "profit": dollars(self.system.ledger.total()),
        }
        return marked(self.system.mark, readings)

    def _revenue(self) -> float:
        """Return what clicks, purchases and returns brought since the last look [$]."""
        before, self.earned = self.earned, sum(map(self.system.ledger.total, ("clicks", "purchases", "returns")))
        return float(dollars(self.earned - before))

    def _ring(self, readings: dict[str, float]) -> None:
        late, young, item = readings["fallback_share"], readings["newcomer_share"], readings["suspect"]
        alarms = (
            (Reading("late", late, 0.05), f"{late:.1%} of the pages were late, over 5 %"),
            (Reading("newcomers", -young, -FAIR), f"new items got {young:.1%} of the looks, under {FAIR:.0%}"),
            (Reading(f"suspect {item:.0f}", item + 1.0, 1.0), f"item {item:.0f} is clicked much, and hardly bought"),
        )
        for reading, text in alarms:
            if reading.rings and self.bell.rings(reading.name, self.system.clock.now):
                self.system.say("alarm", reading.name.split()[0], text, facts=reading.facts)

    def _lose_creators(self, share: float) -> None:
        """Let a creator leave who has lost patience; the next one's begins then."""
        now, here = self.system.clock.now, int(self.patience.here.sum())
        self.patience = self.patience.after(now, np.full(len(self.patience.left), share))
        if int(self.patience.here.sum()) < here:
            self.post("creators", "left", now, -micro(self.setting.creator))
            self.system.say("note", "creator", "a creator has left: new items are hardly seen")
            self.patience = self.patience.joined(1)

    def close(self, until: float) -> None:
        """Settle at the horizon: purchases and returns on their way count; pages on their way show nothing."""
        self.read_instruments()
        self.system.mark("seen_in_a_week", self.log.seen_in_a_week(until, 50))
        left, pending = self.service.in_flight(), self.system.labels.pending()
        self.outcomes.end(left, np.full(len(left), until), np.full(len(left), STATIC))
        self.settle(Landed(pending.id, pending.label, np.full(len(pending), until)), CLOSE, CLOSE)


# --- money, seen from the end ---------------------------------------------------------------------------------

KPIS = {
    "profit": Kpi("$", "sum of all postings", "more"),
    "profit_of_1000_pages": Kpi("$", "profit per 1,000 pages of people", "more"),
    "ctr": Kpi("clicks a page", "clicks per page, fake ones included, mean of the days", "more"),
    "purchases_of_1000_pages": Kpi("", "purchases per 1,000 pages of people", "more"),
    "return_rate": Kpi("share", "of purchases that were sent back", "less"),
    "newcomers": Kpi("share", "of the looks that went to items younger than 30 days, mean of the days", "more"),
    "seen_in_a_week": Kpi("share", "of the new items that were shown 50 times within 7 days", "more"),
    "gini": Kpi("", "Gini index of how often the items of a day were shown, mean of the days", "less"),
    "creators_left": Kpi("", "creators who left", "less"),
    "fallbacks": Kpi("share", "of pages that were late and showed the static shelf", "less"),
    "p99_ms": Kpi("ms", "99th percentile of the time to a page", "less"),
    "offline_ndcg": Kpi("", "NDCG of each snapshot on the clicks of its own pages, mean", "more"),
    "closed_share": Kpi("share", "of the money of purchases and returns that was settled at the end"),
}
WATCHED = {
    "ctr": "", "revenue_per_page": "$", "newcomer_share": "share", "offline_ndcg": "", "gini": "", "top_share": "share",
    "p99_ms": "ms", "fallback_share": "share", **{f"ctr_{g + 1}": "" for g in range(GROUPS)},
}  # fmt: skip


def measure(run: Run, tape: Tape) -> dict[str, float]:
    """Work out the KPIs."""
    shown = run.outcomes.result > ABSENT
    people = shown & (tape.truths.luck["target"] < 0)
    book, n = run.ledger, max(1, int(people.sum()))
    bought, back = (int(book.posted_to(name).sum()) for name in ("purchases", "returns"))
    late, latency = run.outcomes.route[shown] == FALLBACK, run.outcomes.latency[shown]
    return {
        "profit": dollars(run.profit()),
        "profit_of_1000_pages": dollars(run.profit()) / n * 1000,
        "purchases_of_1000_pages": bought / n * 1000,
        "return_rate": back / max(1, bought),
        "fallbacks": mean(late),
        "p99_ms": round(1000 * quantile(latency, 0.99), 9),
        "creators_left": float(book.posted_to("creators").sum()),
        "closed_share": closed_share(book, "purchases", "returns"),
        "seen_in_a_week": run.gauges.last("seen_in_a_week"),
        "newcomers": mean(run.gauges.series("newcomer_share")[1]),
        **{gauge: mean(run.gauges.series(gauge)[1]) for gauge in ("ctr", "gini", "offline_ndcg")},
    }


# --- timeline -------------------------------------------------------------------------------------------------

KINDS = {
    "drift": Kind("tastes change", "of their variance", high=1.0, on_tape=True, always=True),
    "click_farm": Kind("fake visitors click one item", "of the pages", on_tape=True),
    "stale_index": Kind("the index is not rebuilt: items younger than 12 hours, and those to come, are in no source"),
    "page": Kind("a page that means nothing"),
}
# fmt: off
TIMELINE = (
    Incident("weekend_page", "page", day(12.4), jitter=day(0.3), distractor=True,
             says="page: clicks per page are 15 % under last week's since Friday"),
    Incident("taste_drift", "drift", day(25), jitter=day(4), size=0.75),
    Incident("index_stuck", "stale_index", day(34), lasts=day(6), jitter=day(2)),
    Incident("click_farm", "click_farm", day(44), lasts=day(8), jitter=day(2), size=0.12),
    Incident("copycat_farm", "click_farm", day(16), lasts=day(6), size=0.12, when=When("top_share", "above", 0.12)),
)
LEVELS = {
    1: Level("one lever: tastes stay, the index is fresh, nobody cheats",
             drop=("taste_drift", "index_stuck", "click_farm", "copycat_farm", "weekend_page")),
    2: Level("the standard flight", drop=("copycat_farm",)),
    3: Level("more bait, and whoever lets one item take an eighth of all places is farmed", world={"bait": 0.18}),
}


# --- targets --------------------------------------------------------------------------------------------------

TARGETS = (
    Target("profit", 15_000.0, at_least=True, why="what the feed has to earn in the 60 days"),
    Target("return_rate", 0.20, at_least=False, guardrail=True, why="complaints: of five purchases one comes back"),
    Target("newcomers", 0.10, at_least=True, guardrail=True, why="creators: what is new is seen"),
    Target("fallbacks", 0.05, at_least=False, guardrail=True, why="the static shelf is an exception"),
)
# fmt: on


# --- judging --------------------------------------------------------------------------------------------------


def sent_back(asked: Asked) -> float:
    """Return how much of each dollar of purchases went back as returns [share]."""
    booked = asked.run.ledger.by_account()
    return -booked.get("returns", 0) / booked["purchases"] if booked.get("purchases") else math.nan


def a_page(asked: Asked) -> dict[str, float]:
    """Return what a page brought on average, of the best ones and of those that explore [$]."""
    worth = per_request(asked.run.ledger, ("clicks", "purchases", "returns"), len(asked.tape))
    return by_action(asked.run, worth, RANKED, {BEST: "best page", EXPLORED: "exploring page"})


def explored(asked: Asked) -> float:
    """Return what an exploring page brought for each dollar of a best page; NaN where none explored."""
    best, tried = (a_page(asked).get(words) or math.nan for words in ("best page", "exploring page"))
    return tried / best


def late(asked: Asked) -> float:
    """Return the share of the pages asked for between 19:00 and 20:00 that were late."""
    evening = (asked.run.requests.at % DAY // HOUR == 19) & (asked.run.outcomes.result > ABSENT)
    return mean(asked.run.outcomes.route[evening] == FALLBACK)


def nobody(asked: Asked) -> float:
    """Return the share of the pages of the farm's days that no person asked for."""
    days = stretches(asked.run, asked.case.happened(asked.run), {"click_farm": "farm"}, DAY).get("farm")
    came = asked.run.outcomes.result > ABSENT
    return share_of(asked.tape.truths.luck["target"][came] >= 0, asked.run.requests.at[came], days)


def banned(log: Log) -> list[Occasion]:
    """Tell of each item that the desk suspected whether it was banned in three days, and of each other ban that not."""
    bans = [(step.at, cast(dict[str, int], step.value)["item"]) for step in log.steps("ban")]
    rang = [(entry.at, round(float(entry.facts["statistic"])) - 1) for entry in log.alarms("suspect")]
    done = [any(one == item and when <= at + day(3) for when, one in bans) for at, item in rang]
    found = [Occasion(at, ok, f"item {item} was suspected on {date(at)}, and {'banned' if ok else 'shown on'}")
             for (at, item), ok in zip(rang, done, strict=True)]  # fmt: skip
    wrong = [(at, item) for at, item in bans if item not in {suspect for _, suspect in rang}]
    return found + [Occasion(at, False, f"item {item} was banned on {date(at)}, unsuspected") for at, item in wrong]


# fmt: off
PROBES = (
    Probe(
        "rising_ndcg", "Your NDCG rose and revenue fell. Show me how that can be.", "metrics",
        readings("offline_ndcg", say="NDCG of each snapshot on the clicks of its own pages."),
        weak="It cannot; the metric must be wrong.", mid="Perhaps the offline data were old.",
        strong="The log is my own shelf: clicks follow the places I gave, so whoever repeats my order scores well; and "
        "it counts clicks, while purchases and returns are the money.",
        expert="The same; I would replay on the pages whose places were drawn by luck with known chances, weigh by "
        "those, and take landed purchases less returns for gains.",
        check=figure("What share of the money that purchases brought went back for returns?", sent_back, "share", 0.15),
        follow_up="Which figure would you have had to show next to the NDCG in the first week?",
    ),
    Probe(
        "loop", "How would you know that the feed is in a loop with itself?", "evaluation",
        readings("newcomer_share", say="The share of the looks that items younger than 30 days got."),
        weak="Users would complain.", mid="Click rates would stagnate.",
        strong="A rising Gini of exposure, and new items that do not reach 50 impressions in a week: nothing that is "
        "not shown can prove me wrong.",
        expert="The same; and some guests' places stay for ever: they are the only unbiased evidence I have.",
        check=figure("What share of the new items was shown 50 times within its first week?",
                     lambda asked: asked.run.gauges.last("seen_in_a_week"), "share", 0.15),
        follow_up="What would one more item that nobody ever saw have cost you?",
    ),
    Probe(
        "guest", "What does one guest in the last place teach?", "data",
        compared(a_page, "A page brought", "$"), weak="Whether people like it.", mid="Little: one page is no sample.",
        strong="Three looks in ten pages. A click rate per time shown makes every guest look a third as good as it is.",
        expert="The same; so I count looks, and let the spread of what I believe decide how long a guest is worth it.",
        check=figure("What did an exploring page bring, as a share of what a best page brought?", explored, "share",
                     0.15),
        when=lambda asked: asked.run.plan.design.values()["explore"] != "none",
        follow_up="On how many pages would you do it if each cost a dime?",
    ),
    Probe(
        "half_the_latency", "Cut the latency by half: what do you give up?", "serving",
        charted("latency", "How long pages took."),
        weak="Nothing, I add replicas.", mid="Accuracy; I would take a smaller model.",
        strong="Candidates: each costs half a millisecond, and the last of a hundred is hardly ever shown.",
        expert="The same, and not evenly: replicas are for the minute after the push, candidates for the whole day.",
        check=figure("What share of the pages asked for between 19:00 and 20:00 was late?", late, "share", 0.3),
        follow_up="What does a replica cost in the 23 hours without a push?",
    ),
    Probe(
        "overnight_hit", "Clicks doubled on one item overnight. What do you do?", "monitoring",
        readings("ctr", say="Clicks a page, fake ones included."),
        weak="Show it more, people love it.", mid="Wait whether it lasts.",
        strong="Look at what was bought. Purchases are a day behind; after two days clicks without them are no people.",
        expert="Take it off and ask who clicked. An objective of money forgets it by itself, one of clicks feeds it.",
        check=figure("In the days of the click farm, which share of the pages did no person ask for?", nobody, "share"),
        when=lambda asked: not math.isnan(nobody(asked)), follow_up="On which day could you have been sure?",
    ),
)
BEHAVIOURS = (
    Behaviour("has an objective in dollars, returns included", "framing",
              stood(lambda d: d.objective == "value", lambda d: f"objective {d.objective}")),
    Behaviour("corrects click rates for the place", "metrics",
              stood(lambda d: d.debias, lambda d: "looks are counted" if d.debias else "times shown are counted")),
    Behaviour("bans the item that is clicked and not bought, and no other", "data", banned),
    Behaviour("asks what the visitor's own group likes", "features",
              stood(lambda d: d.source != "popular" and d.ranker != "popularity",
                    lambda d: f"candidates from {d.source}, ranked by {d.ranker}")),
    Behaviour("forgets at about the pace at which tastes change", "model",
              stood(lambda d: 5 <= d.memory_days <= 30, lambda d: f"memory {d.memory_days} days")),
    Behaviour("gives some pages to what it does not know", "evaluation",
              stood(lambda d: d.explore != "none" and d.share > 0, lambda d: f"{d.explore}, {d.share:.0%} of pages")),
    Behaviour("keeps places for what is new, few and not whole pages", "evaluation",
              stood(lambda d: d.explore in ("slot", "thompson") and d.source == "mix" and d.share > 0,
                    lambda d: f"exploration {d.explore}, candidates from {d.source}")),
    Behaviour("keeps candidates within the latency budget, and replicas for the push", "serving",
              ended_with("fallbacks", 0.05, at_most=True, told="share of pages that were late: {}")),
    Behaviour("does not react to the weekend's click rate", "monitoring",
              left_alone("weekend_page", ("share", "candidates", "replicas", "roll_back"), day(3))),
    Behaviour("has looked at what was bought, and by whom, before banning an item", "monitoring",
              looked_first(("ban",), ("chart:slices", "chart:maturity", "panel:journal"), day(3)), by_looks=True),
    Behaviour("has looked at the latency before turning candidates or replicas", "serving",
              looked_first(("candidates", "replicas"), ("chart:latency", "panel:map"), day(3)), by_looks=True),
)
ANCHORS: dict[Dimension, Anchors] = {
    "framing": Anchors(
        "Maximises clicks, as they are what one sees at once.", "Maximises purchases, and takes clicks for a proxy.",
        "Counts money: a click $0.02, a purchase $1.80, a return $4, and a creator who leaves $400.",
        "Says what showing one item costs by not showing another, and what evidence would change the objective."),
    "metrics": Anchors(
        "Reports the NDCG on the feed's own log.", "Reports click rate and purchases, and sees that they disagree.",
        "Reads the return rate and revenue a page beside clicks, and knows that returns are a week late.",
        "Corrects each rate for the place it was earned in, and replays only on pages drawn with known chances."),
    "data": Anchors(
        "Takes each click for a person's.", "Doubts a sudden hit, and waits whether it lasts.",
        "Holds clicks against purchases two days later, and takes the item off that nobody buys.",
        "Knows that what was never shown has no data, and pays for some of it on purpose."),
    "features": Anchors(
        "One ranking for everybody.", "The click rate of the visitor's group, per time shown.",
        "The group's rate, shrunk towards everybody's where it has seen little, with room for the newest items.",
        "Separates looks from likes, so that the place of an item is no feature of its quality."),
    "model": Anchors(
        "Popularity, counted since ever.", "Group rates with a memory of months, stale once tastes change.",
        "A ranker as simple as five groups allow; a factorisation would have to earn its half millisecond.",
        "Samples from what it believes and forgets in ten days, as fast as tastes were seen to change."),
    "evaluation": Anchors(
        "Explores nothing, so nothing can prove it wrong.", "Makes one page in ten random, of candidates it knew.",
        "Gives a guest the last place on three pages in ten, and watches who is seen within a week.",
        "Prices exploration by what such pages earn, and lets uncertainty decide where it goes."),
    "serving": Anchors(
        "More candidates are better.", "Counts the mean latency, and is late on a quarter of the pages.",
        "Splits 120 ms by stage: 12 for features, the rest over candidates; a third replica for the push.",
        "Turns candidates down for the minute after the push, not the whole day, and knows what a late page loses."),
    "monitoring": Anchors(
        "Turns dials on a Saturday's click rate.", "Waits for complaints about the feed.",
        "Compares weekdays with weekdays, by group, and watches new items' share of the looks.",
        "Says that a stuck index leaves nothing to turn, and which gauge would have shown the change of tastes first."),
}
# fmt: on
TEACHER = """\
The sentence to get to: a feed learns only from what it shows, so its log agrees with it whatever it does.
Weak ranks by clicks: old favourites and bait, one page for everybody, nothing new. Mid asks the group, and scores 200
candidates: a quarter of the pages is late. Ten random pages in a hundred find it nothing, since nothing new is among
its candidates. Its NDCG is above that of strong and its profit a third: show both series before you say
anything. Strong counts money, gives a guest the last place in three of ten pages, and has a replica for the push - but
holds times shown against clicks, and so believes a third of each guest's charm. Expert counts looks, samples from what
it believes, forgets in ten days and bans the item that nobody buys. Two traps to let happen: the objective click (one
purchase in three comes back), and 300 candidates "because recall rises".
The drift of tastes around day 25 is announced by nobody; it shows as a fall of click rates in all groups that no
weekend explains. While the index is stuck new items are unseen, and there is nothing to turn: saying so is right. The
farm needs patience: purchases lag by a day, so the first morning proves nothing. The weekend's dip means nothing.
Ask before the reveal: on which day did tastes change, and who knew first? What did luck do? Fly ten seeds.
"""
SOURCES = """\
[P] are proposals made for this case, not facts about any marketplace.
- Money: click $0.02, purchase $1.80, return $4, late page $0.006, creator $400 after 14 days under 10 % [P].
- Places are looked at by 1, 0.8, 0.65, 0.5, 0.4 and 0.3 of the visitors [P]; the form is the position-based model
  (Richardson, Dominowska and Ragno 2007), its correction Joachims, Swaminathan and Schnabel, WSDM 2017.
- 300 items and 45 % more in 60 days; five groups; tastes 40 % by kind, 60 % by item; bait in 12 % of the items [P].
- Purchases land after 1.2 days on average, returns 5 days later [P].
- Features 12 ms, 0.3 to 0.5 ms a candidate, 120 ms for a page [P]; a third of the pages within a minute of a push [P].
- Thompson sampling: Thompson 1933; Chapelle and Li 2011. With forgetting: Raj and Kalyani 2017.
- `factors` is river's BiasedMF, `logistic` its logistic regression; five groups are few to factorise.
"""


# --- whiteboard -----------------------------------------------------------------------------------------------


def rankers(setting: FeedSetting, design: FeedDesign) -> Station:
    """Return the rankers in the minute after the push, and what the features leave them of the budget."""
    rate = setting.push * setting.pages * -math.expm1(-MINUTE / setting.lag) / MINUTE
    scoring = PER_ITEM_MS[design.ranker] * design.candidates / 1000
    return Station.of(rate, CALL, scoring, design.replicas, BUDGET - READ.mean)


# fmt: off
BOARD = Board(
    places=(
        Place("visitors", "Visitors", "People of five groups ask for a page, many of them after the push.",
              ("candidates",), gauges={"pages": "a day"}, group="business"),
        Place("candidates", "Candidates", "A source picks the items that are worth a score.", ("ranker",),
              dials=("source", "candidates"), gauges={"newcomer_share": "share", "gini": "", "top_share": "share"}),
        Place("ranker", "Ranker", "It scores the candidates in time, or the page shows the static shelf.", ("page",),
              dials=("ranker", "objective", "replicas"), gauges={"p99_ms": "ms", "fallback_share": "share"}),
        Place("page", "Page", "Six places: the best items, or on some pages a try.", ("answers",),
              dials=("explore", "share"), acts=("ban",), group="model"),
        Place("answers", "Clicks and purchases", "Clicks come at once, purchases and returns days later.", ("counts",),
              gauges={"profit": "$", "revenue_per_page": "$", "ctr": "clicks a page", "suspect": "item",
                      **{f"ctr_{g + 1}": "clicks a page" for g in range(GROUPS)}}, group="business"),
        Place("counts", "Counts", "What was shown and clicked is counted, forgotten, and published.", ("candidates",),
              dials=("debias", "memory_days", "publish_hours"), acts=("roll_back",),
              gauges={"offline_ndcg": "NDCG"}, group="model"),
    ),
    questions=(
        Question("How fast do they come after the push?", "Each comes ${lag} s later on average."),
        Question("How many items are bait?", "An audit found a share of ${bait}, and lost the list.", after=day(3)),
        Question("Are weekends different?", "People click ${weekend} times as much as on other days."),
        Question("Will tastes stay?", "Nobody knows. Click rates of all groups, weekday against weekday, would tell."),
    ),
    actions=("best page", "exploring page", "static shelf"), results=RESULTS, budget=BUDGET,
    segments=tuple(f"group {g + 1}" for g in range(GROUPS)), station=rankers,
    experiment=lambda setting: Experiment(setting.base, setting.pages),
)
# fmt: on


# --- pars -----------------------------------------------------------------------------------------------------

WEAK = Plan(FeedDesign(ranker="popularity"))
MID = Plan(FeedDesign(source="group", candidates=200, explore="page", share=0.1))
STRONG = Plan(FeedDesign(objective="value", source="mix", explore="slot", share=0.3, replicas=3))
EXPERT = STRONG.design.but(explore="thompson", share=0.6, debias=True, memory_days=10, publish_hours=12)


def expert(view: View) -> Plan | dict[str, Any] | None:
    """Learn from few looks, and ban what is clicked and not bought."""
    if view.now == 0:
        return Plan(EXPERT)
    suspect, banned = view.gauge("suspect"), [act.arguments["item"] for act in view.plan.acts if act.name == "ban"]
    new = suspect >= 0 and int(suspect) not in banned
    return view.plan.do(view.now, "ban", "clicked, not bought", item=int(suspect)) if new else None


TRAPS: dict[str, Par] = {
    "clicks": Plan(STRONG.design.but(objective="click")),
    "random_pages": Plan(STRONG.design.but(explore="page", share=0.2)),
    "recall": STRONG.then(day(13), "clicks are down: more recall", candidates=400),
}

# fmt: off
CASE = Case(
    name="feed_ranking", title="Six places on the home feed", revision=1,
    tension="Show what earns, or learn what could: who is not shown is not clicked, and who is clicked is shown again.",
    topics=("recommendation", "objectives", "position bias", "exploration", "feedback loops", "delayed rewards"),
    minutes=45, brief=BRIEF, design=FeedDesign, acts=ACTS, horizon=HORIZON,
    checkpoints=tuple(day(n) for n in range(1, 60)), setting=FeedSetting, world=world, build=build, measure=measure,
    kpis=KPIS, watched=WATCHED, board=BOARD, kinds=KINDS, timeline=TIMELINE, levels=LEVELS, targets=TARGETS,
    probes=PROBES, pars={"weak": WEAK, "mid": MID, "strong": STRONG, "expert": expert}, traps=TRAPS,
    behaviours=BEHAVIOURS, anchors=ANCHORS, teacher=TEACHER, sources=SOURCES,
)
# fmt: on
