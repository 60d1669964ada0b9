"""The corridor run on from what is known: one set of members that every scenario shares.

A member is one course that the fitted corridor may take. Its shares and rates are those of the last month known, a
draw of the fit's posterior, and stay. Departures of each nationality are as many as bring, once the way has filled with
them, the encounters of the last month known, moved by the season of the nationality. Around this mean they walk in the
logarithm, in monthly steps as large as the middle of past changes of its encounters. The months before are run with the
most probable rates, so that everyone who is on the way or waits is there when the first new month begins.

Every scenario is run with the same members and the same keyed random numbers. A difference between two scenarios is
therefore the work of their levers alone, and where a lever is not read nothing differs at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import xarray as xr
from scipy.stats import norm

from vado.engine import run
from vado.errors import BadValueError, UnknownNameError
from vado.forecast.archive import Archive
from vado.forecast.fit import ask
from vado.forecast.fit.households import by_household
from vado.forecast.fit.solve import Fit, mean_counts
from vado.forecast.fit.store import stored_fit
from vado.forecast.members import Knowledge, know
from vado.forecast.targets import LOCATIONS, NATIONALITIES, SERIES, Floats, months_after
from vado.forecast.volatility import mirrored_quantiles
from vado.ledger.codes import PORTS, SOUTHWEST_BORDER
from vado.ledger.dates import Day, day, months_on
from vado.network.known import known, with_changes
from vado.network.model import Network
from vado.network.read import load_corridor
from vado.policy.joined import TOGETHER, Weights, joined, joined_changes, weights_of
from vado.seeds import check_seed

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

#: Months before the first new one that are run so that the way is filled.
FILLED = 3
#: Level of the quantile of past changes that says how large a step is.
_MIDDLE = 0.8
#: The corridor that has a fit.
CORRIDOR = "us_mexico"
LONGEST = 36
#: A lever that multiplies a share, the share, and the most that their product may come to.
FACTOR, FACTORED, MOST_STOPPED = "mexico.detention_rate", "stopped_in_mexico", 0.98
_FEWEST, _MOST = 20, 10_000


def _saturated(given: Mapping[str, Any], changes: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """Return parameters with shares stopped that stay below one where and while a scenario raises the factor on them.

    ``changes`` are those of the joined description: one number, or one a nationality.
    """
    steps = list(changes.get(FACTOR, ()))
    share = given[FACTORED]
    codes = [str(code) for code in share["nationality"].values]
    factors = [_by_code(step["value"], codes) for step in steps]
    if not any((factor > 1).any() for factor in factors):
        return dict(given)
    days = [np.datetime64(step["effective"], "ns") for step in steps]
    share = share.reindex(time=sorted({*share["time"].values, *days}), method="ffill")
    for factor, begins, ends in zip(factors, days, [*days[1:], None], strict=True):
        most = xr.DataArray(MOST_STOPPED / np.maximum(factor, 1e-9), {"nationality": codes}, ("nationality",))
        within = (share["time"] >= begins) & ((share["time"] < ends) if ends is not None else True)
        share = share.where(~within, np.minimum(share, most))
    return {**given, FACTORED: share}


def _by_code(value: Any, codes: Sequence[str]) -> Floats:
    return np.array([float(value[code]) if isinstance(value, Mapping) else float(value) for code in codes])


@dataclass(frozen=True)
class Projection:
    """What every scenario is run with.

    Parameters
    ----------
    network
        The full description, with what was known of levers on the day; scenarios are read against it.
    joined
        The same with household kinds together, which is what is run.
    weights
        By which levers are averaged over household kinds.
    fitted
        The fit, with household kinds together.
    knowledge
        What was known.
    given
        Parameter → values of all members, with dimensions draw, time, nationality and household where they differ.
    first
        First day of the run, before the first new month.
    start
        First new day.
    months
        New months.
    members
        Size of the ensemble.
    seed
        Of members and of the engine.
    """

    network: Network
    joined: Network
    weights: Weights
    fitted: Fit
    knowledge: Knowledge
    given: Mapping[str, Any]
    first: dt.date
    start: dt.date
    months: int
    members: int
    seed: int

    @property
    def last(self) -> dt.date:
        """Last day of the run."""
        return months_on(self.start, self.months) - dt.timedelta(days=1)

    def run(
        self,
        changes: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
        *,
        every: Literal["month", "week"] = "month",
        daily: Sequence[str] = (),
        parameters: Mapping[str, Any] | None = None,
        seed: int | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> xr.Dataset:
        """Run one scenario and return its new months.

        Parameters
        ----------
        changes
            Histories of levers, from :func:`vado.policy.histories.histories`.
        every
            The period of counters.
        daily
            Queues whose occupancy is kept by day.
        parameters
            Further parameters, in the place of those that all scenarios share.
        seed
            Of the engine, where another than that of the projection is wanted.
        progress
            Told how many members are done.
        """
        history = joined_changes(changes or {}, self.network, self.weights)
        network = with_changes(self.joined, history)
        made: xr.Dataset = run(
            network,
            _saturated({**self.given, **(parameters or {})}, history),
            months=FILLED + self.months,
            start=self.first,
            members=self.members,
            seed=self.seed if seed is None else seed,
            every=every,
            daily=tuple(daily),
            progress=progress,
        )
        after = np.datetime64(self.start)
        made = made.isel(time=made["time"].values >= after)
        return made.isel(day=made["day"].values >= after) if "day" in made.dims else made

    def expected_a_day(self, counter: str) -> float:
        """Return the events a day that the base expects of a counter over the new months, by the mean run."""
        given = {
            name: value.mean("draw") if isinstance(value, xr.DataArray) and "draw" in value.dims else value
            for name, value in self.given.items()
        }
        months = FILLED + self.months
        made = run(self.joined, given, months=months, start=self.first, members=1, seed=self.seed, mean=True)
        new = made[counter].isel(time=made["time"].values >= np.datetime64(self.start))
        return float(new.sum()) / ((self.last - self.start).days + 1)


def project(
    ledger: Ledger,
    *,
    base: str = CORRIDOR,
    as_of: Day | None = None,
    months: int = 12,
    members: int = 500,
    seed: int = 1,
    cache: bool = True,
    progress: Callable[[str], None] | None = None,
) -> Projection:
    """Fit the corridor to what was known on a day, and draw the members.

    Parameters
    ----------
    ledger
        The ledger.
    base
        The corridor; only ``us_mexico`` has counters to be fitted to.
    as_of
        The day; default all that the ledger has.
    months
        New months, 1 to 36.
    members
        20 to 10,000.
    seed
        Of the draws.
    cache
        Whether a fit is kept.
    progress
        Told when a fit is made.

    Raises
    ------
    UnknownNameError
        For another base.
    BadValueError
        For months or members outside their range, or a day before the counters begin.
    """
    if base != CORRIDOR:
        raise UnknownNameError("corridor with a fit", base, [CORRIDOR])
    if not 1 <= months <= LONGEST:
        raise BadValueError(f"months is {months}; choose a whole number from 1 to {LONGEST}")
    check_seed(seed)
    if not _FEWEST <= members <= _MOST:
        raise BadValueError(f"members is {members}; choose a whole number from {_FEWEST} to {_MOST:,}")
    archive = Archive.of(ledger)
    seen = ask.latest(archive) if as_of is None else day(as_of, "as_of")
    knowledge = know(archive, seen)
    described, knobs, observed, begun = ask.inputs(archive, seen)
    if len(observed.months) <= FILLED + 1:
        raise BadValueError(f"{seen} has too few months of counts before it; choose a later as-of day")
    fitted = stored_fit(described, knobs, observed, begun, cache=cache, progress=progress)
    network = known(load_corridor(CORRIDOR), seen)
    origin = knowledge.panel.origin
    start = (origin + pd.offsets.Day(1)).date()
    first = months_on(start, -FILLED)
    given = _members(fitted, knowledge, months, members, seed)
    weights = weights_of(knowledge)
    together = joined(network, weights)
    return Projection(network, together, weights, fitted, knowledge, given, first, start, months, members, seed)


def _members(fitted: Fit, knowledge: Knowledge, months: int, members: int, seed: int) -> dict[str, Any]:
    """Return the parameters of all members, from :data:`FILLED` months before the first new one."""
    ahead = months_after(knowledge.panel.origin, range(1, months + 1))
    firsts = fitted.observed.months[-FILLED:]
    new = ahead.to_period("M").start_time.to_numpy().astype(firsts.dtype)
    times = np.concatenate([firsts, new])
    last = fitted.draws(members, seed)[..., -1]
    given: dict[str, Any] = {}
    for k, knob in enumerate(fitted.knobs):
        before = knob.from_scale(np.repeat(fitted.turned[None, :, k, -FILLED:], members, axis=0))
        held = knob.from_scale(last[:, :, k])[..., None]
        if knob.name == "departures":
            later = _level(fitted, knowledge)[None, :, None] * np.exp(_walk(knowledge, ahead, members, seed))
        else:
            later = np.repeat(held, months, axis=-1)
        values = np.concatenate([before, later], axis=-1)
        concerned = np.array([code in knob.nationalities for code in fitted.nationalities])
        # Whom a knob does not concern keeps what the description says: zero, where a way does not exist.
        if not concerned.all() and knob.scale == "logit":
            values[:, ~concerned] = np.where(values[:, ~concerned] < 1e-3, 0.0, values[:, ~concerned])
        coordinates = {"time": times, "nationality": list(fitted.nationalities)}
        given[knob.name] = xr.DataArray(values, coordinates, ("draw", "nationality", "time"))
    return {**given, **_households(knowledge, times), **busiest_months(knowledge)}


def capacity_name(place: str) -> str:
    """Return the name of the parameter that says how many a sector processes in a day."""
    return f"processed_a_day_{place.lower().replace(' ', '_')}"


def busiest_months(knowledge: Knowledge) -> dict[str, float]:
    """Return what each sector processed in a day of its busiest month known, by the parameter's name.

    Encounters of the Border Patrol that did not end in expulsion [persons/day].
    """
    rows = knowledge.observe("sw_encounters")
    held = rows[(rows["component"] != PORTS) & (rows["legal_authority"] == "title_8")]
    months = held.groupby(["place", "period_end"], as_index=False)["value"].sum()
    a_day = months["value"] / pd.to_datetime(months["period_end"]).dt.days_in_month
    most = a_day.groupby(months["place"]).max()
    return {capacity_name(place): float(most.get(place, 1.0)) for place in LOCATIONS if place != PORTS}


def _level(fitted: Fit, knowledge: Knowledge) -> Floats:
    """Return the departures [persons/month] that bring the encounters of the last month known, shape (nationality,).

    They are those of the last month times what was counted over what they bring once the way has filled with them.
    """
    position = next(k for k, knob in enumerate(fitted.knobs) if knob.name == "departures")
    steady = np.repeat(fitted.turned[..., -1:], fitted.turned.shape[2], axis=-1)
    brought = mean_counts(fitted, steady[None])[0, -len(LOCATIONS) :, -1].sum(axis=0)
    chosen = [SERIES.index((SOUTHWEST_BORDER, code)) for code in NATIONALITIES]
    counted = knowledge.panel.counts[-1, chosen]
    return np.asarray(np.exp(steady[:, position, -1]) * (1 + counted) / (1 + brought))


def _walk(knowledge: Knowledge, ahead: pd.DatetimeIndex, members: int, seed: int) -> Floats:
    """Return what is added to log departures, shape (draw, nationality, month): season and random walk."""
    counted = months_after(knowledge.panel.origin, range(1, len(ahead) + 2))
    seasons = np.array([knowledge.seasons.shapes[:, month.month - 1] for month in counted])
    # Who sets out in a month is counted about a month later: with that month's season, from the origin's month on.
    season = np.cumsum(seasons, axis=0)[1:]
    chosen = [SERIES.index((SOUTHWEST_BORDER, code)) for code in NATIONALITIES]
    # The middle of past changes: an outlier such as the month of a visa rule must not come again every month.
    middle = mirrored_quantiles(knowledge.adjusted_changes[:, chosen], np.array([_MIDDLE]))[:, 0]
    steps = middle / norm.ppf(_MIDDLE)
    random = np.random.default_rng([seed, 1])
    noise = random.standard_normal((members, len(NATIONALITIES), len(ahead))) * steps[None, :, None]
    # Less half the variance, so that the mean of the walk stays where it begins and not its median.
    drift = steps[:, None] ** 2 / 2 * np.arange(1, len(ahead) + 1)
    return np.asarray(np.cumsum(noise, axis=-1) - drift + season.T[None])


def _households(knowledge: Knowledge, times: np.ndarray) -> dict[str, xr.DataArray]:
    months = pd.PeriodIndex(pd.to_datetime(times), freq="M")
    rows = knowledge.observe("sw_encounters", start=months[0].start_time.date())
    return dict(by_household(rows, months, TOGETHER))
