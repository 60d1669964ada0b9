"""The loop: month by month the flow moves approval, both move the bargain, and what it brings moves the flow.

All members go together, and all variants of the links share their draws: of the plain forecast, of approval, of the
corridor and of everything the bargain assumes. In a month

    approval = approval on the day + its own walk + points per doubling x log2(encounters published / last month known),
    bargain  = what both governments come to at that approval and at the plain forecast's load, solved anew each month,
    flow     = plain forecast x change that the enforcement of the month before brings.

Nothing is bargained in months that were over on the day of the answer. People stopped, returned and waiting in Mexico
follow enforcement in its own month; encounters, expulsions and deaths follow with the flow.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from vado.errors import BadValueError
from vado.politics.action_flows import COUNTS
from vado.politics.actions import Grid, nothing_to_offer
from vado.politics.approval_model import SETTINGS
from vado.politics.bargain import Bargain, Outcome, PointsPerDoubling
from vado.politics.links import (
    APPROVAL_TO_BARGAIN,
    BARGAIN_TO_ENFORCEMENT,
    CONGRESS_TO_OFFER,
    ENFORCEMENT_TO_FLOW,
    FLOW_TO_APPROVAL,
    FLOW_TO_BARGAIN,
    OFFER,
    Link,
)
from vado.politics.paths import LEAST, Array, Plain

Booleans = npt.NDArray[np.bool_]
T = TypeVar("T")

#: Counts that follow enforcement in its own month; the others come with the flow.
AT_ONCE = ("stopped", "returned", "waiting")
#: Axes of a profile that say how hard Mexico regulates.
REGULATION = ("central", "air")
_STREAM = 82


@dataclass(frozen=True)
class Decision:
    """What is decided in a month, one number a member.

    Parameters
    ----------
    change
        Of log encounters against everything as now.
    ratios
        Count of :data:`vado.politics.action_flows.COUNTS` → its number for each encounter with everything as now.
    deal
        Whether there is a deal.
    actions
        What is done, by axis of a profile.
    """

    change: Array
    ratios: Mapping[str, Array]
    deal: Booleans
    actions: Mapping[str, Array]


@dataclass(frozen=True)
class Run:
    """One variant of the loop; arrays have shape (month, member).

    Parameters
    ----------
    flow
        Encounters [events/month].
    approval
        [per cent].
    counts
        ``stopped``, ``returned``, ``waiting`` [person-days], ``expelled`` and ``deaths``, a month.
    deal
        Whether a deal was struck in the month.
    bargained
        Whether there was a bargain in the month, shape (month,).
    chance
        Of passage that the bargain saw, shape (month,).
    enforced
        What is enforced, by axis of a profile.
    """

    flow: Array
    approval: Array
    counts: Mapping[str, Array]
    deal: Booleans
    bargained: Booleans
    chance: Array
    enforced: Mapping[str, Array]


@dataclass(frozen=True)
class Loop:
    """Everything that the variants share.

    Parameters
    ----------
    plain
        The forecast.
    courses
        Of it, shape (month, member).
    approval
        Courses of approval without the flow, shape (month + 1, member), the first on the day of the answer.
    bargain
        The two governments, one draw a member.
    chance
        That a legalization passes if the US government presses for it.
    as_of
        The day of the answer.
    """

    plain: Plain
    courses: Array
    approval: Array
    bargain: Bargain
    chance: float
    as_of: dt.date
    _bargains: dict[Any, Bargain] = field(default_factory=dict, repr=False)
    _decisions: dict[Any, Decision] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        months, members = self.courses.shape
        if self.approval.shape != (months + 1, members) or self.bargain.draws != members:
            raise BadValueError(
                f"courses have shape {self.courses.shape}, approval {self.approval.shape} and the bargain "
                f"{self.bargain.draws} draws; give approval one month more and the bargain a draw a member"
            )
        if not 0 <= self.chance <= 1:
            raise BadValueError(f"chance is {self.chance:g}; a chance lies from 0 to 1")
        if not self.bargained.any():
            raise BadValueError(
                f"all months up to {self.plain.months[-1]:%Y-%m} were over by {self.as_of}; ask for more months"
            )

    @cached_property
    def bargained(self) -> Booleans:
        """Whether a month was not over on the day of the answer, shape (month,)."""
        return np.asarray(self.plain.months >= np.datetime64(self.as_of))

    @cached_property
    def as_now(self) -> Decision:
        """The practice of the day."""
        return self._regulated(1.0)

    def run(self, links: Mapping[str, Link]) -> Run:
        """Return the loop with its links as they stand."""
        months = range(1, len(self.courses) + 1)
        variant = _Variant(self, links)
        enforced = [variant.enforced(month) for month in months]
        come = [variant.arriving(month) for month in months]
        # Everyone who is counted in a month: who is met at the border and who is stopped on the way.
        flow = np.array([variant.flow(month) for month in months])
        counts = {}
        for name in COUNTS:
            if name != "encounters":
                decided = enforced if name in AT_ONCE else come
                ratios = np.array([one.ratios[name] for one in decided])
                counts[name] = np.maximum(ratios * self.courses, 0.0)
        days = self.plain.months.days_in_month.to_numpy(dtype=float)[:, None]
        counts["waiting"] = np.minimum(counts["waiting"], (flow + counts["stopped"]) * days)
        return Run(
            flow=flow,
            approval=np.array([variant.approval(month) for month in months]),
            counts=counts,
            deal=np.array([variant.decided(month).deal for month in months]),
            bargained=self.bargained,
            chance=np.array([variant.chance(month) for month in months]),
            enforced={axis: np.array([one.actions[axis] for one in enforced]) for axis in self.as_now.actions},
        )

    def first(self, links: Mapping[str, Link]) -> tuple[Bargain, Outcome]:
        """Return who bargains in the first month that was not over, and what it comes to, with everything in it."""
        bargain, load, approval, chance = _Variant(self, links).question(int(np.argmax(self.bargained)) + 1)
        return bargain, bargain.at(load, approval, chance)

    def bargain_of(self, effect: float | None, grid: Grid) -> Bargain:
        """Return the two governments on a grid, with points per doubling of their own if they are given."""
        own = self.bargain
        if effect is None and grid == own.grid:
            return own
        key = (effect, len(grid.postures), grid.visas, grid.money, grid.legalization)
        if key not in self._bargains:
            law = own.effect if effect is None else PointsPerDoubling(effect, 0.0)
            self._bargains[key] = Bargain(own.flows, law, grid=grid, parameters=own.parameters, numbers=own.numbers)
        return self._bargains[key]

    def decide(self, bargain: Bargain, load: Array, approval: Array, chance: float) -> Decision:
        """Return what the bargain comes to; the same question is answered once."""
        key = (id(bargain), load.tobytes(), approval.tobytes(), chance)
        if key not in self._decisions:
            self._decisions[key] = _decision(bargain.at(load, approval, chance), load)
        return self._decisions[key]

    def _regulated(self, factor: float) -> Decision:
        """Return what a factor on the share stopped brings, with US practice as now and no deal."""
        flows, member = self.bargain.flows, self.bargain.member
        counts = {name: one[:, 0][:, member].sum(axis=-1) for name, one in flows.at((factor, 1.0)).counts.items()}
        number = len(member)
        now = counts["encounters"][1]
        grid = self.bargain.grid
        quo = grid.values(np.full(number, grid.status_quo[0]), np.full(number, grid.status_quo[1]))
        own = dict.fromkeys(REGULATION, np.full(number, factor))
        return Decision(
            change=np.asarray(np.log1p(counts["encounters"][0]) - np.log1p(now)),
            ratios={name: one[0] / now for name, one in counts.items()},
            deal=np.zeros(number, dtype=bool),
            actions={**quo, **own},
        )


class _Variant:
    """One way the links stand; months count from 1, what lies before them is as it was on the day of the answer."""

    def __init__(self, loop: Loop, links: Mapping[str, Link]) -> None:
        self.loop, self.links = loop, links
        self._made: dict[tuple[str, int], Any] = {}
        effect = links[FLOW_TO_APPROVAL]
        #: Points per doubling, where they are not the ones drawn.
        self.effect = effect.value if effect.fixed else 0.0 if effect.cut else None
        self.points = loop.bargain.points_per_doubling if self.effect is None else self.effect

    def flow(self, month: int) -> Array:
        """Return encounters of a month; before the first, the last month known."""
        if month < 1:
            return np.full(self.loop.courses.shape[1], max(self.loop.plain.last, LEAST))
        return self._once("flow", month, self._flow)

    def approval(self, month: int) -> Array:
        """Return approval of a month; before the first, that on the day of the answer."""
        return self._once("approval", max(month, 0), self._approval)

    def decided(self, month: int) -> Decision:
        """Return what is decided in a month."""
        return self._once("decided", month, self._decided)

    def enforced(self, month: int) -> Decision:
        """Return what is enforced in a month."""
        link = self.links[BARGAIN_TO_ENFORCEMENT]
        if link.cut or month < 1:
            return self.loop.as_now
        if link.fixed:
            # Nothing can be ordered for months that are over.
            return self._once("fixed", int(self.loop.bargained[month - 1]), self._fixed)
        return self.decided(month - link.lag)

    def arriving(self, month: int) -> Decision:
        """Return the enforcement that shows at the border in a month."""
        link = self.links[ENFORCEMENT_TO_FLOW]
        if link.fixed and self.loop.bargained[month - 1]:
            return self._once("moved", 0, self._moved)
        return self.loop.as_now if link.cut or link.fixed else self.enforced(month - link.lag)

    def chance(self, month: int) -> float:
        """Return the chance of passage that the bargain of a month sees."""
        link = self.links[CONGRESS_TO_OFFER]
        if link.fixed:
            return link.value
        return 0.0 if link.cut or not self._begun(month, link) else self.loop.chance

    def _once(self, name: str, month: int, make: Callable[[int], T]) -> T:
        if (name, month) not in self._made:
            self._made[name, month] = make(month)
        made: T = self._made[name, month]
        return made

    def _begun(self, month: int, link: Link) -> bool:
        """Return whether a link that waits so many months from the first bargain on carries something yet."""
        return month - link.lag > int(np.argmax(self.loop.bargained))

    def _fixed(self, now: int) -> Decision:
        factor = self.links[BARGAIN_TO_ENFORCEMENT].value
        return self.loop._regulated(factor) if now else self.loop.as_now

    def _moved(self, _: int) -> Decision:
        """Return the practice of the day with everything that reaches the border moved by the fixed part."""
        now, factor = self.loop.as_now, 1 + self.links[ENFORCEMENT_TO_FLOW].value / 100
        return replace(
            now, change=now.change + np.log(factor), ratios={name: one * factor for name, one in now.ratios.items()}
        )

    def _flow(self, month: int) -> Array:
        return np.asarray(self.loop.courses[month - 1] * np.exp(self.arriving(month).change))

    def _approval(self, month: int) -> Array:
        own = self.loop.approval[month]
        if month < 1:
            return np.asarray(np.clip(own, 0.0, 100.0))
        link = self.links[FLOW_TO_APPROVAL]
        if link.cut:
            return np.asarray(np.clip(own, 0.0, 100.0))
        published = month - link.lag
        doublings = np.log2(np.maximum(self.flow(published), LEAST)) - np.log2(self.flow(0))
        return np.asarray(np.clip(own + self.points * doublings, 0.0, 100.0))

    def question(self, month: int) -> tuple[Bargain, Array, Array, float]:
        """Return what the bargain of a month is asked: who bargains, load, approval and chance of passage."""
        seen, load = self.links[APPROVAL_TO_BARGAIN], self.links[FLOW_TO_BARGAIN]
        number = self.loop.courses.shape[1]
        known = self.approval(0 if seen.cut or seen.fixed else month - seen.lag)
        approval = np.full(number, seen.value) if seen.fixed else known
        before = 0 if load.cut else month - load.lag
        courses = self.loop.courses[before - 1] if before >= 1 else self.flow(0)
        loads = np.full(number, load.value) if load.fixed else courses
        return self.loop.bargain_of(self.effect, self._grid(month)), loads, approval, self.chance(month)

    def _decided(self, month: int) -> Decision:
        if month < 1 or not self.loop.bargained[month - 1]:
            return self.loop.as_now
        return self.loop.decide(*self.question(month))

    def _grid(self, month: int) -> Grid:
        link, grid = self.links[OFFER], self.loop.bargain.grid
        if link.cut or not self._begun(month, link):
            return nothing_to_offer(grid)
        if link.fixed:
            money = (0.0, link.value) if link.value > 0 else (0.0,)
            return Grid(grid.factors, grid.postures[:1], (0.0,), money, (0.0,))
        return grid


def approval_courses(
    mean: float, sd: float, as_of: dt.date, plain: Plain, members: int, seed: int, drift: float = SETTINGS.drift
) -> Array:
    """Return courses of approval without the flow, shape (month + 1, member) [per cent], the first on the day itself.

    Parameters
    ----------
    mean, sd
        Of the average of polls on the day.
    as_of
        The day.
    plain
        Whose months; approval is that of a month's middle, and of the day where the middle had passed.
    members, seed
        As of :func:`vado.politics.paths.ranks`.
    drift
        Standard deviation of a day's change [points].
    """
    middles = plain.months - pd.to_timedelta(plain.months.days_in_month.to_numpy() // 2, unit="D")
    days = np.maximum((middles - pd.Timestamp(as_of)).days.to_numpy(), 0)
    steps = np.diff(days, prepend=0)
    made = np.empty((len(steps) + 1, members))
    for month in range(len(made)):
        fresh = np.random.default_rng([seed, _STREAM, month]).standard_normal(members)
        made[month] = mean + sd * fresh if month == 0 else made[month - 1] + drift * np.sqrt(steps[month - 1]) * fresh
    return made


def _decision(outcome: Outcome, load: Array) -> Decision:
    return Decision(
        change=outcome.log_encounters,
        ratios={name: outcome.count(name) / load for name in COUNTS},
        deal=outcome.deal,
        actions={name: np.asarray(values, dtype=float) for name, values in outcome.actions.items()},
    )
