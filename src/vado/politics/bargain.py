"""The bargain between the two governments, over the uncertainty in everything it rests on.

In each draw both governments first answer each other without any agreement: where that ends is the point without a
deal. A deal is any other profile that both prefer to it and that both, at their patience, would keep although a
breach is answered only when it is seen; of these the asymmetric Nash solution picks one. Where there is none, it is
told apart whether nothing served both or nothing would have held. What threats do is worked out beside and moves
nothing unless it has been announced (:attr:`Situation.tariff`). Described, not advised: threats are named in advance
and not searched for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from scipy import stats

from vado.errors import BadValueError
from vado.forecast.evidence import joined_ids
from vado.politics.action_flows import ActionFlows
from vado.politics.actions import FLOWN_SOURCE, HARDER, Grid
from vado.politics.bargain_parameters import Array, drawn, read_bargain_parameters, uniform
from vado.politics.payoffs import MEXICO, US, Payoffs, Situation
from vado.politics.solutions import (
    NO_DEAL,
    Booleans,
    Indices,
    Threat,
    best_replies,
    critical_patience,
    mixed_equilibrium,
    nash,
    nash_over_lotteries,
    threat,
)
from vado.stock.parameters import Parameter

#: Columns of uniform numbers beside those of the parameters.
BESIDE = ("member", "points_per_doubling", "chance_of_passage")

DEAL = "deal"
NOTHING_FOR_BOTH = "no deal: nothing serves both"
WOULD_NOT_HOLD = "no deal: what serves both would not hold"

#: Fewer draws than this make no distribution.
FEWEST = 20


class Effect(Protocol):
    """Points of approval gained when encounters double: a mean, a spread, and how heavy its tails are."""

    @property
    def mean(self) -> float:
        """Mean [points/doubling]."""

    @property
    def sd(self) -> float:
        """Spread [points/doubling]."""

    @property
    def freedom(self) -> int:
        """Degrees of freedom of its Student distribution."""


class PointsPerDoubling(NamedTuple):
    """An :class:`Effect` given as numbers."""

    mean: float
    sd: float
    freedom: int = 1000


class NamedThreat(NamedTuple):
    """A threat that is looked at: who makes it, what it is in words, and the profile when it is carried out."""

    owner: str
    title: str
    mexico: Indices
    us: Indices
    effect: Threat


@dataclass(frozen=True)
class Outcome:
    """What the bargain comes to in a month, one number a draw.

    Parameters
    ----------
    payoffs
        Of all profiles.
    without
        Mexico's and the US action where there is no deal, shape (draw, 2).
    settled
        Whether these are an equilibrium in pure actions.
    mexico, us
        Their actions: those of the deal, or without one.
    verdict
        :data:`DEAL`, :data:`NOTHING_FOR_BOTH` or :data:`WOULD_NOT_HOLD`.
    us_gain, mexico_gain
        Against no deal [million USD/month]; 0 without one.
    us_critical, mexico_critical
        Least patience of each with which the deal that both would choose, if deals held by themselves, is kept; NaN
        where nothing serves both.
    """

    payoffs: Payoffs
    without: Indices
    settled: Booleans
    mexico: Indices
    us: Indices
    verdict: npt.NDArray[np.str_]
    us_gain: Array
    mexico_gain: Array
    us_critical: Array
    mexico_critical: Array

    @property
    def deal(self) -> Booleans:
        """Whether there is one, shape (draw,)."""
        return np.asarray(self.verdict == DEAL)

    @cached_property
    def actions(self) -> Mapping[str, npt.NDArray[np.float64]]:
        """What is done, by axis, shape (draw,): factors, posture (its index), visas, money, legalization."""
        return self.payoffs.grid.values(self.mexico, self.us)

    @cached_property
    def actions_without(self) -> Mapping[str, npt.NDArray[np.float64]]:
        """What is done where there is no deal, as :attr:`actions`."""
        return self.payoffs.grid.values(self.without[:, 0], self.without[:, 1])

    def count(self, name: str, *, without: bool = False) -> Array:
        """Return a count a month, shape (draw,); see :data:`vado.politics.action_flows.COUNTS`."""
        profile = (self.without[:, 0], self.without[:, 1]) if without else (self.mexico, self.us)
        return self.payoffs.gathered(self.payoffs.counts[name], *profile)

    def practised(self, name: str) -> Array:
        """Return a count a month with the practice of the day, shape (draw,)."""
        own, other = (np.full(self.payoffs.number, action) for action in self.payoffs.grid.status_quo)
        return self.payoffs.gathered(self.payoffs.counts[name], own, other)

    @property
    def log_encounters(self) -> Array:
        """Change of log encounters that the outcome brings against the status quo, shape (draw,)."""
        return np.asarray(np.log1p(self.count("encounters")) - np.log1p(self.practised("encounters")))

    def levers(self, draw: int) -> dict[str, object]:
        """Return what one draw does, as values of the corridor's levers."""
        return self.payoffs.grid.levers(int(self.mexico[draw]), int(self.us[draw]))

    @cached_property
    def threats(self) -> tuple[NamedThreat, ...]:
        """Threats that are looked at, named in advance."""
        return tuple(_threats(self.payoffs, self.without, self.settled))

    def lotteries(self) -> Booleans:
        """Return whether some lottery of profiles would serve both, whether it held or not, shape (draw,)."""
        us, mexico = (one.reshape(self.payoffs.number, -1) for one in self.payoffs.agreed(self.without[:, 0]))
        points = _without_payoffs(self.payoffs, self.without, self.settled)
        weight = self.payoffs.draws["bargaining_weight_us"]
        return np.array(
            [
                nash_over_lotteries(us[k], mexico[k], (float(points[0][k]), float(points[1][k])), float(weight[k]))
                is not None
                for k in range(self.payoffs.number)
            ]
        )


class Bargain:
    """The two governments with what is assumed of them, asked month by month.

    Parameters
    ----------
    flows
        What the corridor gives for each action.
    effect
        What a doubling of encounters does to approval, such as :func:`vado.politics.load.load_effect`.
    draws
        How many; a loop with members of its own gives as many as it has.
    seed
        Of the draws.
    grid
        The profiles.
    parameters
        The shipped ones by default.
    numbers
        Uniform numbers, shape ``(draws, parameters + 3)``, in the order of :attr:`columns`; drawn by default.

    Examples
    --------
    >>> from vado.politics.action_flows import stylised
    >>> flows = stylised([60e3, 90e3, 40e3], [0, 35e3, 15e3], postures=[one.name for one in Grid().postures])
    >>> outcome = Bargain(flows, PointsPerDoubling(-1.0, 1.0), draws=50).at(load=190e3, approval=43.0, chance=0.02)
    >>> outcome.us_gain.shape
    (50,)
    """

    def __init__(
        self,
        flows: ActionFlows,
        effect: Effect,
        *,
        draws: int = 600,
        seed: int = 1,
        grid: Grid | None = None,
        parameters: Mapping[str, Parameter] | None = None,
        numbers: Array | None = None,
    ) -> None:
        if draws < FEWEST and numbers is None:
            raise BadValueError(f"draws is {draws}; choose a whole number from {FEWEST} on")
        self.grid = grid or Grid()
        self.effect = effect
        self.parameters = dict(parameters or read_bargain_parameters())
        given = flows.at(self.grid.factors).with_postures([one.name for one in self.grid.postures])
        flown = [FLOWN_SOURCE for one in self.grid.postures if np.isfinite(one.flown)]
        ids = [flows.source_id, *flown, *(one.source for one in self.parameters.values())]
        #: At the grid's actions; what they rest on names the sources of parameters too.
        self.flows = replace(given, source_id=joined_ids(ids))
        self.columns = (*self.parameters, *BESIDE)
        self.numbers = uniform(draws, len(self.columns), seed) if numbers is None else numbers
        if self.numbers.ndim != 2 or self.numbers.shape[1] != len(self.columns):
            raise BadValueError(f"numbers have shape {self.numbers.shape}; give {len(self.columns)} columns")
        known = len(self.parameters)
        self.drawn = drawn(self.parameters, self.numbers[:, :known])
        self.member = np.minimum((self.numbers[:, known] * flows.members).astype(np.int64), flows.members - 1)
        law = stats.t(max(effect.freedom, 1), loc=effect.mean, scale=max(effect.sd, 0.0))
        by_draw = law.ppf(np.clip(self.numbers[:, known + 1], 1e-6, 1 - 1e-6)) if effect.sd > 0 else effect.mean
        self.points_per_doubling = np.broadcast_to(np.asarray(by_draw, dtype=float), self.member.shape)

    @property
    def draws(self) -> int:
        """How many draws."""
        return len(self.member)

    def situation(
        self, load: npt.ArrayLike, approval: npt.ArrayLike, chance: npt.ArrayLike, tariff: float = 0.0
    ) -> Situation:
        """Return a month as every draw sees it; one number stands for all, and any draws of a chance are taken."""
        loads, approvals = (self._by_draw(value, name) for value, name in ((load, "load"), (approval, "approval")))
        given = np.atleast_1d(np.asarray(chance, dtype=float))
        at = self.numbers[:, len(self.parameters) + 2]
        chances = given if given.shape == (self.draws,) else np.quantile(given, at)
        if not ((loads > 0).all() and ((approvals >= 0) & (approvals <= 100)).all()):
            raise BadValueError("load is above 0 and approval from 0 to 100 per cent; give others")
        if not ((chances >= 0) & (chances <= 1)).all() or tariff < 0:
            raise BadValueError("a chance lies from 0 to 1 and a tariff is no less than 0; give others")
        return Situation(loads, approvals, np.asarray(chances), self.points_per_doubling, tariff)

    def at(
        self, load: npt.ArrayLike, approval: npt.ArrayLike, chance: npt.ArrayLike, *, tariff: float = 0.0
    ) -> Outcome:
        """Return what the bargain comes to.

        Parameters
        ----------
        load
            Encounters a month with everything as now, also where a deal is already in force: one number or one a draw.
        approval
            The president's approval [per cent], one number or one a draw.
        chance
            That a legalization passes if the government presses for it: one number, one a draw, or draws of any length.
            Of passages that a model draws give the mean: a government does not know beforehand which of them it meets.
        tariff
            Rate of a tariff that has been announced for the case that there is no deal.
        """
        payoffs = Payoffs(
            self.flows, self.member, self.grid, self.drawn, self.situation(load, approval, chance, tariff)
        )
        return solve(payoffs)

    def _by_draw(self, value: npt.ArrayLike, name: str) -> Array:
        given = np.asarray(value, dtype=float)
        if given.shape not in ((), (1,), (self.draws,)):
            raise BadValueError(
                f"{name} has shape {given.shape}; give one number, or one for each of {self.draws} draws"
            )
        return np.broadcast_to(given, (self.draws,))


def solve(payoffs: Payoffs) -> Outcome:
    """Return the outcome of the bargain from the payoffs of all profiles."""
    number = np.arange(payoffs.number)
    draws = payoffs.draws
    without, settled = best_replies(payoffs.mexico, payoffs.us, payoffs.grid.status_quo)
    points = _without_payoffs(payoffs, without, settled)
    us, mexico = payoffs.agreed(without[:, 0])
    serves = (us > points[0][:, None, None]) & (mexico > points[1][:, None, None])
    us_critical, mexico_critical = _critical(payoffs, us, mexico, points, serves)
    delay = draws["breach_seen_after"][:, None]
    holds = serves.reshape(len(number), -1) & (us_critical <= draws["patience_us"][:, None] ** delay)
    holds &= mexico_critical <= draws["patience_mexico"][:, None] ** delay
    us, mexico = us.reshape(len(number), -1), mexico.reshape(len(number), -1)
    weight = draws["bargaining_weight_us"]
    wished = nash(us, mexico, points, weight)
    chosen = nash(us, mexico, points, weight, holds)
    verdict = np.where(chosen >= 0, DEAL, np.where(wished >= 0, WOULD_NOT_HOLD, NOTHING_FOR_BOTH))
    flat = np.maximum(chosen, 0)
    made = chosen != NO_DEAL
    own, other = np.divmod(flat, payoffs.grid.american)
    wanted = np.maximum(wished, 0)
    return Outcome(
        payoffs=payoffs,
        without=without,
        settled=settled,
        mexico=np.where(made, own, without[:, 0]),
        us=np.where(made, other, without[:, 1]),
        verdict=verdict,
        us_gain=np.where(made, us[number, flat] - points[0], 0.0),
        mexico_gain=np.where(made, mexico[number, flat] - points[1], 0.0),
        us_critical=np.where(wished >= 0, us_critical[number, wanted] ** (1 / delay[:, 0]), np.nan),
        mexico_critical=np.where(wished >= 0, mexico_critical[number, wanted] ** (1 / delay[:, 0]), np.nan),
    )


def _critical(
    payoffs: Payoffs, us: Array, mexico: Array, points: tuple[Array, Array], serves: Booleans
) -> tuple[Array, Array]:
    """Return the least discount over the months until a breach is seen, of both, shape (draw, profile).

    It is 1 where a profile does not serve both.
    """
    draw, own, other = np.nonzero(serves)
    cost = payoffs.draws["dealing_cost"][draw]
    breaches = payoffs.us.max(axis=2)[draw, own] - cost, payoffs.mexico.max(axis=1)[draw, other] - cost
    made = []
    for payoff, breach, point in zip((us, mexico), breaches, points, strict=True):
        least = np.ones(serves.shape)
        least[draw, own, other] = critical_patience(payoff[draw, own, other], breach, point[draw])
        made.append(least.reshape(payoffs.number, -1))
    return made[0], made[1]


def _without_payoffs(payoffs: Payoffs, without: Indices, settled: Booleans) -> tuple[Array, Array]:
    """Return payoffs of both where there is no deal, with a tariff that was announced for it."""
    number = np.arange(payoffs.number)
    us = payoffs.us[number, without[:, 0], without[:, 1]]
    mexico = payoffs.mexico[number, without[:, 0], without[:, 1]]
    for draw in np.flatnonzero(~settled):
        us[draw], mexico[draw] = _mixed(payoffs.us[draw], payoffs.mexico[draw], without[draw])
    lost_us, lost_mexico = payoffs.tariff()
    return us - lost_us, mexico - lost_mexico


def _mixed(us: Array, mexico: Array, start: Indices) -> tuple[float, float]:
    """Return expected payoffs of the mixed equilibrium over the actions that answer each other without end."""
    rows, columns = [int(start[0])], [int(start[1])]
    for _ in range(12):
        rows.append(int(mexico[:, columns[-1]].argmax()))
        columns.append(int(us[rows[-1]].argmax()))
    kept = np.ix_(sorted(set(rows)), sorted(set(columns)))
    own, other = mixed_equilibrium(mexico[kept], us[kept])
    return float(own @ us[kept] @ other), float(own @ mexico[kept] @ other)


def _threats(payoffs: Payoffs, without: Indices, settled: Booleans) -> list[NamedThreat]:
    """Return the threats that are looked at; each is answered by the other side's best action."""
    number = np.arange(payoffs.number)
    us, mexico = (one.reshape(payoffs.number, -1) for one in payoffs.agreed(without[:, 0]))
    points = _without_payoffs(payoffs, without, settled)
    grid, draws = payoffs.grid, payoffs.draws
    weight = draws["bargaining_weight_us"]
    found = []
    lax, now = grid.factors[0], 1.0
    for title, central, air in (
        ("stops fewer of all nationalities", lax, lax),
        ("stops fewer Central Americans", lax, now),
        ("stops fewer of those from farther on", now, lax),
    ):
        if lax == now:
            continue
        own = np.full(payoffs.number, grid.mexico_action(central, air))
        reply = payoffs.us[number, own].argmax(axis=1)
        there = (
            payoffs.mexico[number, own, reply] - draws["coercion_cost"] - payoffs.tariff()[1],
            payoffs.us[number, own, reply] - payoffs.tariff()[0],
        )
        effect = threat(mexico, us, (points[1], points[0]), there, 1 - weight, draws["patience_mexico"])
        found.append(NamedThreat(MEXICO, title, own, reply, effect))
    for posture in (one for one in grid.postures if one.name == HARDER.name):
        other = np.full(payoffs.number, grid.us_action(posture.name))
        answer = payoffs.mexico[number, :, other].argmax(axis=1)
        point = (
            payoffs.us[number, answer, other] - payoffs.tariff()[0],
            (payoffs.mexico[number, answer, other] - payoffs.tariff()[1]),
        )
        effect = threat(us, mexico, points, point, weight, draws["patience_us"])
        found.append(NamedThreat(US, f"takes the harder posture: {posture.title}", answer, other, effect))
    if payoffs.situation.tariff > 0:
        lost = payoffs.tariff()
        free = points[0] + lost[0], points[1] + lost[1]
        effect = threat(us, mexico, free, points, weight, draws["patience_us"])
        title = f"a tariff of {100 * payoffs.situation.tariff:g} per cent"
        found.append(NamedThreat(US, title, without[:, 0], without[:, 1], effect))
    return found


def shares(values: Sequence[str] | npt.NDArray[np.str_]) -> dict[str, float]:
    """Return the share of draws with each value, the most frequent first."""
    names, counts = np.unique(np.asarray(values), return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return {str(names[k]): float(counts[k] / counts.sum()) for k in order}
