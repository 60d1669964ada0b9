"""The members of the forecast: what each says about all series from what was known at one origin.

A member is a function from :class:`Knowledge`, horizons and quantile levels to quantiles of log(1 + count). It sees
the panel up to the origin and may ask for other measures only through :meth:`Knowledge.observe`, which never looks
past the day. The naive members are here; a new member is one more entry of :data:`MEMBERS`.

* ``rw``, random walk on log counts: the last count stays, and the spread grows with the square root of the horizon.
* ``srw``, the same with the seasonal shape of :mod:`vado.forecast.season` taken out of the past and put back ahead.
* ``snaive``, seasonal naive: the count of the same month a year before.
* ``seasons``, ``pooled``, ``signals``, ``policy``: walks with seasons of nationalities (:mod:`vado.forecast.walks`).
* ``corridor``: the corridor of the southwest border, fitted and run on (:mod:`vado.forecast.structural`).
* ``ensemble``, the default: the weighted average of members (:mod:`vado.forecast.ensemble`).
* ``ets``, ``arima``, ``theta``: automatic models of statsforecast (:mod:`vado.forecast.statistical`).

The spread of the naive members is that of past changes and of their mirror images, so it has no drift.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from vado.errors import BadValueError, UnknownNameError
from vado.forecast import walks
from vado.forecast.archive import Archive
from vado.forecast.nationality_season import NationalitySeasons, read_nationality_seasons
from vado.forecast.reversion import Reversion, fit_reversion
from vado.forecast.season import Season, read_season
from vado.forecast.targets import FEWEST_MONTHS, Floats, Observer, Panel, check_last_month, months_after, read_panel
from vado.forecast.volatility import mirrored_quantiles
from vado.ledger.dates import Day, day

#: The member that is asked when none is named.
DEFAULT = "ensemble"

#: Months ahead that can be asked for.
LONGEST = 12

#: Months of history that the seasonal naive member needs.
FEWEST_MONTHS_SEASONAL = 15

#: No quantile goes above this many times the largest month so far; only fits that explode would.
LARGEST_GROWTH = 50.0


@dataclass(frozen=True)
class Knowledge:
    """What could be known on one day, and nothing after it.

    Parameters
    ----------
    panel
        The series up to the origin.
    as_of
        The day.
    ledger
        Read only through :meth:`observe`.
    without
        A measure of the way that is left out, to see what it did: signals and the corridor then do not have it.
    """

    panel: Panel
    as_of: dt.date
    ledger: Archive = field(repr=False)
    without: str = ""

    @cached_property
    def season(self) -> Season:
        """The seasonal shape as known at the origin."""
        return read_season(self.ledger, self.as_of, self.panel.origin)

    @cached_property
    def seasons(self) -> NationalitySeasons:
        """The seasons of nationalities, from the years before October 2019."""
        return self.ledger.once("seasons", lambda: read_nationality_seasons(self.ledger, self.season))

    @cached_property
    def adjusted_changes(self) -> Floats:
        """Log changes of the panel without the seasons of nationalities, shape (time - 1, series)."""
        past = self.seasons.past(self.panel.counts, self.panel.months)
        return np.asarray(np.diff(np.log1p(self.panel.counts), axis=0) - past)

    @cached_property
    def reversion(self) -> Reversion:
        """The pooled regression, for 1 to 12 months ahead."""
        return self.ledger.once("reversion", lambda: fit_reversion(self.ledger, self.seasons, LONGEST))

    @cached_property
    def events(self) -> pd.DataFrame:
        """Happenings of the ledger, of all days; :func:`vado.forecast.policy.known_changes` keeps those known."""
        return self.ledger.read("events")

    def observe(self, measure: str, **filters: Any) -> pd.DataFrame:
        """Return the rows of a measure as known on the day."""
        return self.ledger.observe(measure, as_of=self.as_of, **filters)


@dataclass(frozen=True)
class MemberForecast:
    """What a member says.

    Parameters
    ----------
    log_quantiles
        Quantiles of log(1 + count), not negative and not crossing, shape (horizon, series, level).
    notes
        For each series how it departs from what the member's name says, such as the reason why it was forecast as
        a random walk; empty where it does not.
    source_ids
        The sources of all inputs, separated by ``;``.
    """

    log_quantiles: Floats
    notes: tuple[str, ...]
    source_ids: str


Progress = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """How slow members are run.

    Parameters
    ----------
    processes
        How many at once; default as many as there are processors.
    progress
        Called with a line whenever some part of slow work is done.
    cache
        Whether fits are kept on disk, in the user's cache folder.
    pool
        Worker processes to use, where the caller has started some.
    """

    processes: int | None = None
    progress: Progress | None = None
    cache: bool = True
    pool: Executor | None = None


Run = Callable[[Knowledge, Sequence[int], Floats, Settings], MemberForecast]


@dataclass(frozen=True)
class Member:
    """A member's name, what it is in words, and the function that runs it."""

    name: str
    title: str
    run: Run
    slow: bool = False


def know(ledger: Observer, as_of: Day, origin: pd.Timestamp | None = None) -> Knowledge:
    """Return what a ledger says could be known on a day, up to an origin (default: the last month published)."""
    panel = read_panel(ledger, as_of)
    if origin is not None and origin > panel.origin:
        raise BadValueError(
            f"origin {origin:%Y-%m} was not published by {as_of}; the last month that was is {panel.origin:%Y-%m}"
        )
    panel = panel if origin is None else panel.until(origin)
    if len(panel.months) < FEWEST_MONTHS:
        raise BadValueError(_too_early(panel))
    check_last_month(panel)
    return Knowledge(panel, day(as_of), Archive.of(ledger))


def run_member(
    name: str, knowledge: Knowledge, horizons: Sequence[int], levels: Floats, settings: Settings | None = None
) -> MemberForecast:
    """Run a member by name.

    Parameters
    ----------
    name
        A key of :data:`MEMBERS`.
    knowledge
        From :func:`know`.
    horizons
        Months after the origin, each 1 to 12.
    levels
        Quantile levels, rising, shape (level,).

    Raises
    ------
    UnknownNameError
        For a member that does not exist.
    """
    return member(name).run(knowledge, horizons, levels, settings or Settings())


def member(name: str) -> Member:
    """Return a member by name, or raise ``UnknownNameError`` with the nearest."""
    if name not in MEMBERS:
        raise UnknownNameError("member", name, MEMBERS)
    return MEMBERS[name]


def random_walk(counts: Floats, horizons: Sequence[int], levels: Floats) -> Floats:
    """Return log quantiles of the random walk, (time, series) → (horizon, series, level)."""
    return _walk(np.log1p(counts), np.zeros(len(counts)), np.zeros(len(horizons)), horizons, levels)


def _walk(log_counts: Floats, past: Floats, ahead: Floats, horizons: Sequence[int], levels: Floats) -> Floats:
    """Walk from the last month, where ``past`` (time,) and ``ahead`` (horizon,) are the log changes of the season."""
    spread = mirrored_quantiles(np.diff(log_counts, axis=0) - past[1:, None], levels)
    centre = log_counts[-1] + ahead[:, None]
    return np.asarray(centre[:, :, None] + np.sqrt(horizons)[:, None, None] * spread)


def seasonal_naive(counts: Floats, horizons: Sequence[int], levels: Floats) -> Floats:
    """Return log quantiles of last year's months, (time, series) → (horizon, series, level)."""
    log_counts = np.log1p(counts)
    years = np.ceil(np.asarray(horizons) / 12).astype(int)
    centre = log_counts[len(log_counts) - 1 + np.asarray(horizons) - 12 * years]
    spread = mirrored_quantiles(log_counts[12:] - log_counts[:-12], levels)
    return np.asarray(centre[:, :, None] + np.sqrt(years)[:, None, None] * spread)


def within_bounds(log_quantiles: Floats, counts: Floats) -> Floats:
    """Return log quantiles sorted by level, not negative, and below :data:`LARGEST_GROWTH` times the past."""
    top = np.log1p(LARGEST_GROWTH * (1 + counts.max(axis=0)))
    return np.sort(np.clip(log_quantiles, 0.0, top[:, None]), axis=-1)


def _run_rw(knowledge: Knowledge, horizons: Sequence[int], levels: Floats, settings: Settings) -> MemberForecast:
    return _said(knowledge, random_walk(knowledge.panel.counts, horizons, levels))


def _run_srw(knowledge: Knowledge, horizons: Sequence[int], levels: Floats, settings: Settings) -> MemberForecast:
    panel, season = knowledge.panel, knowledge.season
    steps = season.changes(months_after(panel.origin, range(1, max(horizons) + 1)))
    ahead = np.cumsum(steps)[np.asarray(horizons) - 1]
    walk = _walk(np.log1p(panel.counts), season.changes(panel.months), ahead, horizons, levels)
    return _said(knowledge, walk, sources=season.source_ids)


def _run_snaive(knowledge: Knowledge, horizons: Sequence[int], levels: Floats, settings: Settings) -> MemberForecast:
    counts = knowledge.panel.counts
    if len(counts) < FEWEST_MONTHS_SEASONAL:
        note = f"random walk: fewer than {FEWEST_MONTHS_SEASONAL} months of history"
        return _said(knowledge, random_walk(counts, horizons, levels), [note] * counts.shape[1])
    return _said(knowledge, seasonal_naive(counts, horizons, levels))


Walk = Callable[[Knowledge, Sequence[int], Floats], tuple[Floats, str]]


def _run_walk(walk: Walk) -> Run:
    def run(knowledge: Knowledge, horizons: Sequence[int], levels: Floats, settings: Settings) -> MemberForecast:
        log_quantiles, ids = walk(knowledge, horizons, levels)
        return _said(knowledge, log_quantiles, sources=ids)

    return run


def _run_corridor(knowledge: Knowledge, horizons: Sequence[int], levels: Floats, settings: Settings) -> MemberForecast:
    made = walks.corridor(knowledge, horizons, levels, settings)
    if made is None:
        log_quantiles, ids = walks.seasons(knowledge, horizons, levels)
        note = "walk with seasons: too few months, or no counters on the way, to fit the corridor"
        return _said(knowledge, log_quantiles, [note] * log_quantiles.shape[1], ids)
    return _said(knowledge, made[0], sources=made[1])


def _run_ensemble(knowledge: Knowledge, horizons: Sequence[int], levels: Floats, settings: Settings) -> MemberForecast:
    from vado.forecast.ensemble import combine

    said = combine(knowledge, horizons, levels, settings)
    return _said(knowledge, said.log_quantiles, sources=said.source_ids)


def _run_statistical(name: str) -> Run:
    def run(knowledge: Knowledge, horizons: Sequence[int], levels: Floats, settings: Settings) -> MemberForecast:
        # statsforecast takes seconds to import, so its module waits until a member needs it.
        from vado.forecast.statistical import fit_all

        counts = knowledge.panel.counts
        log_quantiles, notes = fit_all(name, counts, horizons, levels, settings)
        missing = [index for index, note in enumerate(notes) if note]
        log_quantiles[:, missing] = random_walk(counts[:, missing], horizons, levels)
        return _said(knowledge, log_quantiles, [note and f"random walk: {note}" for note in notes])

    return run


def _said(knowledge: Knowledge, log_quantiles: Floats, notes: Sequence[str] = (), sources: str = "") -> MemberForecast:
    counts = knowledge.panel.counts
    names = {*knowledge.panel.sources().split(";"), *filter(None, sources.split(";"))}
    return MemberForecast(
        within_bounds(log_quantiles, counts), tuple(notes) or ("",) * counts.shape[1], ";".join(sorted(names))
    )


def _too_early(panel: Panel) -> str:
    earliest = months_after(panel.months[0], [FEWEST_MONTHS - 1])[0]
    return (
        f"origin {panel.origin:%Y-%m} has {len(panel.months)} months of data before it; a forecast needs "
        f"{FEWEST_MONTHS}: the earliest usable origin is {earliest:%Y-%m}"
    )


MEMBERS: Mapping[str, Member] = {
    entry.name: entry
    for entry in (
        Member("rw", "random walk on log counts", _run_rw),
        Member("srw", "random walk on log counts with a seasonal shape fixed before October 2019", _run_srw),
        Member("ensemble", "weighted average of members, moved by signals and announced policy", _run_ensemble),
        Member("seasons", "random walk with seasons of nationalities, spread for today", _run_walk(walks.seasons)),
        Member("pooled", "seasons, moved by a regression pooled over the years before 2019", _run_walk(walks.pooled)),
        Member("signals", "seasons, moved by entries to Honduras", _run_walk(walks.with_signals)),
        Member("policy", "seasons, moved and widened by announced policy", _run_walk(walks.with_policy)),
        Member("corridor", "the corridor of the southwest border, fitted and run on", _run_corridor),
        Member("snaive", "seasonal naive: the same month a year before", _run_snaive),
        Member("ets", "exponential smoothing, chosen automatically", _run_statistical("ets"), slow=True),
        Member("arima", "ARIMA, chosen automatically", _run_statistical("arima"), slow=True),
        Member("theta", "Theta method, chosen automatically", _run_statistical("theta"), slow=True),
    )
}
