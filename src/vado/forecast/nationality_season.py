"""Seasons of nationalities: a sum has the season of who is in it.

The season of the southwest border is that of people from Mexico and northern Central America. Whether a nationality
has it is decided before the first month that is forecast: over October 2009 to September 2019, leaving out one
fiscal year at a time, its own shape, the shape of the whole border and no shape at all compete for the smallest
squared error of its monthly log changes; nationalities with fewer than :data:`FEWEST_ENCOUNTERS` a month have none.
A cell moves with its nationality. The season of a sum follows from its cells month by month, so it weakens by itself
when nationalities without a season become a larger part of it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from vado.errors import BadValueError
from vado.forecast.season import MEASURE, STRENGTH, Season
from vado.forecast.targets import CELLS, NATIONALITIES, SUMS, Floats, Observer, adding_matrix
from vado.ledger.codes import OTHER, PORTS, SOUTHWEST_BORDER

SERIES = "khsm_citizenship_rounded"
KNOWN = dt.date(2019, 12, 31)
FIRST, LAST = pd.Timestamp("2009-09-30"), pd.Timestamp("2019-09-30")

#: Mean encounters a month below which a nationality's months are too small to show a season.
FEWEST_ENCOUNTERS = 100.0

_OF_CELL = np.array([NATIONALITIES.index(code) for _, code in CELLS])
#: Ports of entry have no season: they admit by capacity, and no history before October 2019 shows another.
_AT_PORT = np.array([place == PORTS for place, _ in CELLS])


@dataclass(frozen=True)
class NationalitySeasons:
    """The log change expected of each nationality into each calendar month.

    Parameters
    ----------
    shapes
        Shape (nationality, calendar month), nationalities as in :data:`vado.forecast.targets.NATIONALITIES`.
    chosen
        For each nationality ``own``, ``border`` or ``none``.
    source_ids
        Sources of the figures, separated by ``;``.
    """

    shapes: Floats
    chosen: tuple[str, ...]
    source_ids: str

    def changes(self, cells: Floats, calendar: int) -> Floats:
        """Return the log change of all series into a calendar month, from the cells of the month before."""
        own = np.where(_AT_PORT, 0.0, self.shapes[_OF_CELL, calendar - 1])
        return np.concatenate([move_of_sums(cells, own), own])

    def past(self, counts: Floats, months: pd.DatetimeIndex) -> Floats:
        """Return the changes into every month but the first, shape (time - 1, series)."""
        cells = counts[:, len(SUMS) :]
        return np.array([self.changes(cells[t - 1], months[t].month) for t in range(1, len(months))])

    def ahead(self, last: Floats, months: pd.DatetimeIndex) -> Floats:
        """Return the cumulated changes into coming months, in steps of one month, shape (horizon, series)."""
        cells, total, steps = last[len(SUMS) :], np.zeros(len(last)), []
        for month in months:
            change = self.changes(cells, month.month)
            total, cells = total + change, cells * np.exp(change[len(SUMS) :])
            steps.append(total)
        return np.array(steps)


def move_of_sums(cells: Floats, moves: Floats) -> Floats:
    """Return the log change of the sums when cells change by ``moves`` (log), shape (…, cell) → (…, sum)."""
    adds = adding_matrix()
    before, after = cells @ adds.T, (cells * np.exp(moves)) @ adds.T
    empty = before <= 0
    return np.asarray(np.where(empty, 0.0, np.log(np.where(empty, 1.0, after) / np.where(empty, 1.0, before))))


def long_history(ledger: Observer) -> tuple[pd.DataFrame, str]:
    """Return southwest border encounters by month and nationality before October 2019, and their sources.

    The figures are rounded to tens; nationalities that did not occur are zero. They are read as they were
    known at the end of 2019, before the first origin, so that they are the same at every origin.

    Raises
    ------
    BadValueError
        If they were not published by then.
    """
    rows = ledger.observe(MEASURE, as_of=KNOWN, end=LAST.date(), series=SERIES)
    rows = rows[rows["place"] == SOUTHWEST_BORDER]
    if rows.empty:
        raise BadValueError(f"the ledger has no {SERIES} of {MEASURE}; use member 'rw' or 'srw'")
    table = rows.pivot_table(index="period_end", columns="nationality", values="value", aggfunc="sum", fill_value=0.0)
    table.index = pd.DatetimeIndex(table.index)
    return table.sort_index(), ";".join(sorted(rows["source_id"].unique()))


def read_nationality_seasons(ledger: Observer, border: Season) -> NationalitySeasons:
    """Return the seasons; ``border`` is the shape of the whole border."""
    table, ids = long_history(ledger)
    table = table.loc[FIRST:LAST]
    named = table.reindex(columns=[code for code in NATIONALITIES if code != OTHER], fill_value=0.0)
    named[OTHER] = table.drop(columns=named.columns, errors="ignore").sum(axis=1)
    months = pd.DatetimeIndex(table.index)
    calendar = np.asarray(months.month)[1:]
    # A fiscal year begins in October.
    years = np.asarray(months.year)[1:] + (calendar >= 10)
    shapes, chosen = [], []
    for code in NATIONALITIES:
        counts = named[code].to_numpy(float)
        changes = np.diff(np.log1p(counts))
        name = _choose(changes, calendar, years, border.shape) if counts.mean() >= FEWEST_ENCOUNTERS else "none"
        shape = {"none": np.zeros(12), "border": border.shape, "own": _shape(changes, calendar)}[name]
        shapes.append(STRENGTH * shape)
        chosen.append(name)
    return NationalitySeasons(np.array(shapes), tuple(chosen), ids)


def _shape(changes: Floats, calendar: npt.NDArray[np.int_]) -> Floats:
    means = np.array([changes[calendar == number].mean() for number in range(1, 13)])
    return np.asarray(means - means.mean())


def _choose(changes: Floats, calendar: npt.NDArray[np.int_], years: npt.NDArray[np.int_], border: Floats) -> str:
    errors = {"none": 0.0, "border": 0.0, "own": 0.0}
    for year in np.unique(years):
        out = years == year
        own = _shape(changes[~out], calendar[~out])
        for name, shape in (("none", np.zeros(12)), ("border", border), ("own", own)):
            errors[name] += float(((changes[out] - STRENGTH * shape[calendar[out] - 1]) ** 2).sum())
    return min(errors, key=lambda name: errors[name])
