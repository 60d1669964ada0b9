"""What was counted, laid beside the counters of a run: by counter, month and nationality, missing where not counted.

A month that a counter published holds zero for a nationality without a row; a month that it did not publish by the
day, or a nationality that it never counts, is missing and not zero.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from vado.forecast.targets import LOCATIONS, NATIONALITIES, Floats, Observer
from vado.ledger.codes import OTHER, PORTS

#: Counter → standard deviation of its log error beyond counting noise: overdispersion, definition and revision.
ERRORS = {"darien_transits": 0.08, "hn_entries": 0.10, "mx_events": 0.08, "mx_returns": 0.10, "sw_encounters": 0.08}
#: Counter → nationalities that it counts on the way of this system.
_SOUTH = frozenset({"HTI", "VEN", "CUB", "COL", "ECU", "PER", "BRA", "OTH"})
COUNTED = {
    "darien_transits": _SOUTH,
    "hn_entries": _SOUTH | {"NIC"},
    "mx_events": _SOUTH | {"NIC", "GTM", "HND", "SLV"},
    "mx_returns": _SOUTH | {"NIC", "GTM", "HND", "SLV"},
    "sw_encounters": frozenset(NATIONALITIES),
}


@dataclass(frozen=True)
class Observed:
    """Counts by stream, where a stream is a counter, or a counter at one place.

    Parameters
    ----------
    streams
        (counter, place) of each stream; place is empty where the counter is added over places.
    counts
        Shape (stream, month, nationality), NaN where missing.
    months
        First days of months.
    source_ids
        Sources, separated by ``;``.
    """

    streams: tuple[tuple[str, str], ...]
    counts: Floats
    months: npt.NDArray[np.datetime64]
    source_ids: str

    @property
    def errors(self) -> Floats:
        """Standard deviations of log counts, shape as ``counts``."""
        beyond = np.array([ERRORS[counter] for counter, _ in self.streams])
        return np.asarray(np.sqrt(beyond[:, None, None] ** 2 + 1 / (1 + self.counts)))


STREAMS: tuple[tuple[str, str], ...] = (
    *((counter, "") for counter in ERRORS if counter != "sw_encounters"),
    *(("sw_encounters", place) for place in LOCATIONS),
)


def read_observed(ledger: Observer, as_of: dt.date, first: pd.Period, last: pd.Period) -> Observed:
    """Return what was known on a day of the months from first to last."""
    months = pd.period_range(first, last, freq="M")
    counts = np.full((len(STREAMS), len(months), len(NATIONALITIES)), np.nan)
    sources: set[str] = set()
    for counter in ERRORS:
        rows = ledger.observe(counter, as_of=as_of, start=first.start_time.date(), end=last.end_time.date())
        if rows.empty:
            continue
        sources |= set(rows["source_id"])
        month = pd.PeriodIndex(rows["period_end"], freq="M")
        # The ledger's codes for unknown nationality belong to all others too.
        code = rows["nationality"].where(rows["nationality"].isin(NATIONALITIES), OTHER)
        place = rows["place"].where(rows["component"] != PORTS, PORTS)
        published = months.isin(month.unique())
        for stream, (name, where) in enumerate(STREAMS):
            if name != counter:
                continue
            inside = (place == where).to_numpy() if where else np.ones(len(rows), dtype=bool)
            frame = pd.DataFrame(
                {"month": month[inside], "code": code[inside].to_numpy(), "value": rows["value"][inside].to_numpy()}
            )
            table = frame.pivot_table(index="month", columns="code", values="value", aggfunc="sum", fill_value=0.0)
            values = table.reindex(index=months, columns=list(NATIONALITIES), fill_value=0.0).to_numpy(float, copy=True)
            values[~published] = np.nan
            values[:, [n not in COUNTED[counter] for n in NATIONALITIES]] = np.nan
            counts[stream] = values
    return Observed(STREAMS, counts, months.start_time.to_numpy(), ";".join(sorted(sources)))


def counted_by(run: xr.Dataset) -> Floats:
    """Return the counters of a run stream by stream, shape (draw, stream, month, nationality)."""
    made = []
    for counter, where in STREAMS:
        counts = run[counter].sum("household")
        counts = counts.sel(place=where) if where else counts.sum("place")
        made.append(counts.transpose("draw", "time", "nationality").to_numpy())
    return np.stack(made, axis=1).astype(float)
