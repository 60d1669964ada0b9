"""What is forecast: monthly southwest border encounters by place and nationality, and their sums.

The finest level is 130 cells: ten locations (the nine Border Patrol sectors and all ports of entry together) by
thirteen nationalities (twelve named ones and everyone else). With the sums over locations, over nationalities and
over both there are 154 series, in four groups: T1 the total, T2 nationalities, T3 locations, T4 cells. A panel
holds all of them month by month, as they were known on one day; its cells are read and its sums are computed, so
that they always agree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from vado.errors import BadValueError, UnknownNameError
from vado.ledger.codes import ALL, NAMED_NATIONALITIES, OTHER, PORTS, SOUTHWEST_BORDER, SOUTHWEST_SECTORS
from vado.ledger.dates import Day, day, month, month_end

Floats = npt.NDArray[np.float64]
Series = tuple[str, str]

MEASURE = "sw_encounters"
UNIT = "encounters/month"

#: Months of history that any forecast needs.
FEWEST_MONTHS = 3

LOCATIONS = (*SOUTHWEST_SECTORS, PORTS)
NATIONALITIES = (*NAMED_NATIONALITIES, OTHER)

#: The bottom level, by location and then nationality.
CELLS: tuple[Series, ...] = tuple((place, code) for place in LOCATIONS for code in NATIONALITIES)
#: A place with this many encounters in each of so many months is not empty in the next.
MANY, SEEN_BEFORE = 100, 3
#: The sums: the total, the nationalities, the locations.
SUMS: tuple[Series, ...] = (
    (SOUTHWEST_BORDER, ALL),
    *((SOUTHWEST_BORDER, code) for code in NATIONALITIES),
    *((place, ALL) for place in LOCATIONS),
)
#: All series (location, nationality), sums first.
SERIES: tuple[Series, ...] = SUMS + CELLS

GROUPS = ("T1 total", "T2 nationality", "T3 location", "T4 cell")


class Observer(Protocol):
    """What can be asked for what was known: a :class:`vado.ledger.ledger.Ledger`, or a view of one."""

    def observe(self, measure: str, as_of: Day | None = None, **filters: Any) -> pd.DataFrame:
        """Return the rows of a measure that were published by a day."""
        ...

    def read(self, table: str) -> pd.DataFrame:
        """Return a table other than the observations, of all days."""
        ...


def group_of(series: Series) -> str:
    """Return the target group of a series.

    >>> group_of(("swb", "HTI"))
    'T2 nationality'
    """
    location, nationality = series
    return GROUPS[2 * (location != SOUTHWEST_BORDER) + (nationality != ALL)]


def adding_matrix() -> Floats:
    """Return the 0/1 matrix that adds cells up to the sums, shape (sum, cell) = (24, 130)."""
    adds = [
        [place in (SOUTHWEST_BORDER, cell_place) and code in (ALL, cell_code) for cell_place, cell_code in CELLS]
        for place, code in SUMS
    ]
    return np.array(adds, dtype=float)


@dataclass(frozen=True)
class Panel:
    """All series, month by month without a gap, as known on one day.

    Parameters
    ----------
    months
        Month ends.
    counts
        Encounters, shape (time, series) in the order of :data:`SERIES` [encounters/month].
    source_ids
        For each month the sources of its rows, separated by ``;``.
    release_assumed
        For each month whether its release date is the measure's usual lag and not a known day.
    """

    months: pd.DatetimeIndex
    counts: Floats
    source_ids: tuple[str, ...]
    release_assumed: npt.NDArray[np.bool_]

    @property
    def origin(self) -> pd.Timestamp:
        """The last month of the panel."""
        return self.months[-1]

    def until(self, last: pd.Timestamp) -> Panel:
        """Return the panel without the months after ``last``."""
        keep = int(self.months.searchsorted(last, side="right"))
        return Panel(self.months[:keep], self.counts[:keep], self.source_ids[:keep], self.release_assumed[:keep])

    def sources(self) -> str:
        """Return the sources of all months, each once, separated by ``;``."""
        return ";".join(sorted({name for joined in self.source_ids for name in joined.split(";")}))


def build_panel(rows: pd.DataFrame) -> Panel:
    """Add up the rows of ``sw_encounters`` to a panel; a cell without a row is zero.

    Raises
    ------
    BadValueError
        If a month has no rows at all, or a row lies in a place outside the southwest border.
    """
    place = rows["place"].where(rows["component"] != PORTS, PORTS)
    location = place.map({name: index for index, name in enumerate(LOCATIONS)})
    if location.isna().any():
        stray = place[location.isna()].iloc[0]
        raise BadValueError(f"{MEASURE} has a row of place {stray!r}, which is none of {', '.join(LOCATIONS)}")
    named = {code: index for index, code in enumerate(NATIONALITIES)}
    nationality = rows["nationality"].map(named).fillna(named[OTHER])
    ends = pd.to_datetime(rows["period_end"])
    months = pd.date_range(ends.min(), ends.max(), freq="ME", unit="s")
    time = months.get_indexer(pd.DatetimeIndex(ends).as_unit("s"))
    if (time < 0).any():
        raise BadValueError(f"{MEASURE} has a row that is not of a whole month: period_end {ends[time < 0].iloc[0]:%F}")
    empty = np.setdiff1d(np.arange(len(months)), time)
    if empty.size:
        raise BadValueError(f"{MEASURE} has no row at all in {months[empty[0]]:%Y-%m}; load that month into the ledger")

    cell = location.to_numpy(int) * len(NATIONALITIES) + nationality.to_numpy(int)
    cells = np.zeros((len(months), len(CELLS)))
    np.add.at(cells, (time, cell), rows["value"].to_numpy(float))
    pairs = pd.DataFrame({"time": time, "source": rows["source_id"].to_numpy()}).drop_duplicates()
    names = pairs.sort_values("source").groupby("time")["source"].agg(";".join)
    assumed = np.zeros(len(months), dtype=bool)
    np.logical_or.at(assumed, time, rows["published_is_assumed"].to_numpy(bool))
    counts = np.hstack([cells @ adding_matrix().T, cells])
    return Panel(months, counts, tuple(names), assumed)


def check_last_month(panel: Panel) -> None:
    """Refuse a last month in which a place is empty that counted many in each of the months before.

    A missing row means none, so a month that was loaded in part would else be forecast from.

    Raises
    ------
    BadValueError
        With the place, the month and what was counted before.
    """
    if len(panel.months) <= SEEN_BEFORE:
        return
    cells = panel.counts[-SEEN_BEFORE - 1 :, len(SUMS) :]
    by_place = cells.reshape(SEEN_BEFORE + 1, len(LOCATIONS), -1).sum(axis=2)
    gap = np.flatnonzero((by_place[-1] == 0) & (by_place[:-1] >= MANY).all(axis=0))
    if gap.size:
        place, before = LOCATIONS[gap[0]], by_place[-2, gap[0]]
        raise BadValueError(
            f"{MEASURE} has no row for {place} in {panel.origin:%Y-%m}, where {before:,.0f} were counted the month "
            "before; load the whole month, or name an earlier --origin"
        )


def read_panel(ledger: Observer, as_of: Day | None = None) -> Panel:
    """Return the panel as it was known on a day (default: all that the ledger has).

    Raises
    ------
    BadValueError
        If nothing had been published by then, and as :func:`build_panel`.
    """
    rows = ledger.observe(MEASURE, as_of=as_of)
    if rows.empty:
        raise BadValueError(f"the ledger has no {MEASURE} published by {as_of or 'any day'}; use a later date")
    return build_panel(rows)


def release_day(ledger: Observer, origin: Day) -> dt.date:
    """Return the first day on which the figures of a month could be read.

    Raises
    ------
    BadValueError
        If the ledger does not have the month.
    """
    wanted = month(origin)
    as_of: dt.date | None = None
    # Each pass steps back to the release before the one found, until the month is no longer there.
    while True:
        rows = ledger.observe(MEASURE, as_of=as_of, start=wanted.replace(day=1), end=wanted)
        if rows.empty:
            break
        found = pd.Timestamp(rows["published"].max()).date()
        as_of = found - dt.timedelta(days=1)
    if as_of is None:
        known = read_panel(ledger).months
        earliest = months_after(known[0], [FEWEST_MONTHS - 1])[0]
        raise BadValueError(
            f"the ledger has no {MEASURE} of {wanted:%Y-%m}; usable origins are {earliest:%Y-%m} to {known[-1]:%Y-%m}"
        )
    return as_of + dt.timedelta(days=1)


def month_stamp(text: Day, what: str = "month") -> pd.Timestamp:
    """Return a month end from ``2021-09`` or any day of the month.

    >>> month_stamp("2021-09").date().isoformat()
    '2021-09-30'
    """
    return pd.Timestamp(month(text, what)).as_unit("s")


def months_after(origin: pd.Timestamp, horizons: Iterable[int]) -> pd.DatetimeIndex:
    """Return the month ends that lie so many months after the origin.

    >>> [f"{end:%F}" for end in months_after(pd.Timestamp("2021-11-30"), [1, 3])]
    ['2021-12-31', '2022-02-28']
    """
    periods = [(origin.to_period("M") + int(horizon)).end_time.normalize() for horizon in horizons]
    return pd.DatetimeIndex(periods).as_unit("s")


def chosen_series(nationality: str | None = None, location: str | None = None) -> list[int]:
    """Return the positions in :data:`SERIES` of a nationality, a location, or both; of all without either.

    Raises
    ------
    UnknownNameError
        For a nationality or location that is not forecast, with the nearest that is.
    """
    if nationality is not None and nationality not in (*NATIONALITIES, ALL):
        raise UnknownNameError("nationality", nationality, (*NATIONALITIES, ALL))
    if location is not None and location not in (*LOCATIONS, SOUTHWEST_BORDER):
        raise UnknownNameError("location", location, (*LOCATIONS, SOUTHWEST_BORDER))
    return [
        index for index, (place, code) in enumerate(SERIES) if nationality in (None, code) and location in (None, place)
    ]


def day_before_or_at(text: Day, origin: pd.Timestamp) -> dt.date:
    """Return the earlier of a day and the last day of the origin's month."""
    return min(day(text), month_end(origin.date()))
