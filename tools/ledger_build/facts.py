"""Single figures from pages of press and offices: how their values read, and how they become observations."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from ledger_build.draft import QUOTED, Draft, Row, as_json, published_with_page

_RANGE = re.compile(r"^(-?[\d.]+)-([\d.]+)$")
_RANGE_IN_TYPE = re.compile(r"range_(\d+)_(\d+)$")


@dataclass(frozen=True)
class Reading:
    """A figure as text and what it means: a value, an interval or a bound."""

    value: float | None
    low: float | None = None
    high: float | None = None
    interval: str | None = None
    approximate: bool = False


def reading(value: str, value_type: str) -> Reading:
    """Return what a figure says.

    >>> reading("55-85", "range")
    Reading(value=None, low=55.0, high=85.0, interval='range stated', approximate=False)
    >>> reading("9000", "lower_bound").low
    9000.0
    """
    if found := _RANGE.match(value) or _RANGE_IN_TYPE.search(value_type):
        return Reading(None, float(found.group(1)), float(found.group(2)), "range stated", "approx" in value_type)
    number = float(value)
    if value_type == "lower_bound":
        return Reading(number, number, None, "lower bound")
    if value_type == "upper_bound":
        return Reading(number, None, number, "upper bound")
    return Reading(number, approximate=value_type == "approx")


def joined(*notes: str | None) -> str | None:
    """Join what is there with semicolons."""
    return "; ".join(note for note in notes if note) or None


@dataclass
class Facts:
    """Collects the figures of one file and hands them to the draft by measure and series.

    A figure can be read from the day that its page's address gives. Where it gives none, the page cannot be older
    than the last period it speaks of: the lag of the measure counts from there, and the day is assumed.
    """

    draft: Draft
    file: str
    #: Days of pages that are stated elsewhere than in their address, by address or by (date, address).
    known_days: Mapping[str, dt.date] = field(default_factory=dict)
    groups: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    page_ends: dict[str, dt.date] = field(default_factory=dict)

    def add(
        self,
        measure: str,
        series: str,
        figure: Reading,
        *,
        start: dt.date,
        end: dt.date,
        source_id: str,
        address: str = "",
        note: str | None = None,
        attributes: dict[str, str] | None = None,
        vintage: str = QUOTED,
        **dimensions: str,
    ) -> None:
        """Add one figure; ``vintage="published"`` names the release by the day on which it could be read."""
        published, assumed = published_with_page(address, end)
        if known := self.known_days.get(f"{end} {address}") or self.known_days.get(address):
            published, assumed = known, True
        page = address or source_id
        self.page_ends[page] = max(end, self.page_ends.get(page, end))
        row: Row = {
            "page": page,
            "period_start": start,
            "period_end": end,
            "value": figure.value,
            "low": figure.low,
            "high": figure.high,
            "interval": figure.interval,
            "source_id": source_id,
            "published": published,
            "published_is_assumed": assumed,
            "vintage": vintage,
            "note": joined("approximate" if figure.approximate else None, note),
            "attributes": as_json(attributes or {}),
            **dimensions,
        }
        self.groups.setdefault((measure, series), []).append(row)

    def finish(self) -> None:
        """Hand everything over."""
        for (measure, series), rows in sorted(self.groups.items()):
            lag = dt.timedelta(days=self.draft.measures[measure].lag_days)
            for row in rows:
                last = self.page_ends[row.pop("page")]
                row["published"] = row["published"] or last + lag
                if row["vintage"] == "published":
                    row["vintage"] = row["published"].isoformat()
            frame = pd.DataFrame(rows)
            for column in ("place", "nationality", "household", "legal_authority", "component"):
                if column in frame:
                    frame[column] = frame[column].fillna("ALL")
            self.draft.observe(self.file, measure, series, None, frame)


def short(credited_to: str) -> str:
    """Return a name for whoever a figure is credited to, for use in attributes.

    >>> short("Del Rio mayor B. Lozano (Reuters)")
    'Del Rio mayor B. Lozano'
    """
    return re.sub(r"\s*\(.*?\)", "", credited_to).strip()
