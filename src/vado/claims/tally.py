"""Counts of one measure, added up fast over any part and period.

The sums are those of :meth:`vado.ledger.ledger.Ledger.total`, over arrays: a series is used only where its rows meet
the period end to end and hold the part asked for; rows of two series are never joined; a dimension is added over only
where the measure allows it; where a source prints a total beside its parts, the total is taken.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from vado.ledger.codes import ALL, NAMED_NATIONALITIES, OTHER, PORTS
from vado.ledger.schema import DIMENSIONS

if TYPE_CHECKING:
    import pandas as pd

#: The residual nationality of sources that name only some.
RESIDUAL = "OOO"

#: Where attributes must be chosen before adding, the choice that a claim without further words means: new
#: applications of persons in the first instance (UNHCR's levels FI, FA, EO, IN).
FIRST_CHOICE: dict[str, dict[str, tuple[str, ...]]] = {
    "asylum_applications": {
        "application_type": ("N",),
        "count_unit": ("P",),
        "decision_level": ("FI", "FA", "EO", "IN"),
    }
}

#: A series that is not the default one stands for a whole only if it has this share of its places …
WHOLE_SHARE = 0.85
#: … and at least this many nationalities, where it has no row for all of them.
WHOLE_NATIONALITIES = 15

EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True)
class Part:
    """What of a measure is counted; None and empty for all.

    Parameters
    ----------
    place, household, legal_authority, component
        Codes of the ledger.
    nationalities
        Codes, added together.
    pairs
        Attributes that rows must have.
    """

    place: str | None = None
    nationalities: tuple[str, ...] = ()
    household: str | None = None
    legal_authority: str | None = None
    component: str | None = None
    pairs: tuple[tuple[str, str], ...] = ()

    def but(self, **changes: Any) -> Part:
        """Return the part with some of its bounds changed."""
        return replace(self, **changes)

    @property
    def bounds(self) -> list[str]:
        """Names of the bounds that are set."""
        return [name for name in self.__dataclass_fields__ if getattr(self, name)]


@dataclass(frozen=True)
class Total:
    """A sum over one series.

    Parameters
    ----------
    value, low, high
        The sum; the interval of the row, where the sum is one row.
    series, sources, vintage
        Where it comes from.
    published
        The latest day on which one of its rows could be read.
    periods
        Start and end of the rows' periods [(day, day)], with the sum of each.
    incomplete
        What is left out, in words; empty where nothing is.
    rounded
        Number of rounded cells' periods in the sum, 0 for an exact series.
    """

    value: float
    low: float | None
    high: float | None
    series: str
    sources: str
    vintage: str
    published: dt.date
    periods: tuple[tuple[dt.date, dt.date, float], ...]
    incomplete: str = ""
    rounded: int = 0


@dataclass
class _Block:
    """The rows of one series as arrays; all of length (row,)."""

    series: str
    start: np.ndarray[Any, Any]
    end: np.ndarray[Any, Any]
    value: np.ndarray[Any, Any]
    low: np.ndarray[Any, Any]
    high: np.ndarray[Any, Any]
    published: np.ndarray[Any, Any]
    source: np.ndarray[Any, Any]
    vintage: np.ndarray[Any, Any]
    codes: dict[str, np.ndarray[Any, Any]]
    words: dict[str, list[str]]
    pairs: list[dict[str, str]]
    spans: list[tuple[int, int]] = field(default_factory=list)

    def where(self, column: str, wanted: Sequence[str]) -> np.ndarray[Any, Any]:
        index = [i for i, word in enumerate(self.words[column]) if word in wanted]
        return np.isin(self.codes[column], index)

    def wholes(self, column: str, present: np.ndarray[Any, Any]) -> list[int]:
        """Return the code that stands for all others present: ``ALL``, or attributes that the others only add to."""
        if column != "attributes":
            return [int(i) for i in present if self.words[column][i] == ALL]
        return [int(i) for i in present if all(self.pairs[i].items() <= self.pairs[j].items() for j in present)]


class Tally:
    """The counts of one measure, a block a series, the default series first.

    Parameters
    ----------
    about
        The measure's row of the table ``measures``.
    rows
        Its observations in every series.
    places
        Rows of the table ``places`` by key.
    """

    def __init__(self, about: Mapping[str, Any], rows: pd.DataFrame, places: Mapping[str, Mapping[str, Any]]) -> None:
        self.about = about
        self._places = places
        self._additive = {part.strip() for part in str(about["additive_over"] or "").split(",")}
        default = about["default_series"]
        names = sorted(rows["series"].unique(), key=lambda s: (s != default, "rounded" in s, "report" in s, s))
        self.blocks = [_block(str(name), rows[rows["series"] == name]) for name in names]
        self.default = self.blocks[0] if self.blocks and names[0] == default else None

    def totals(self, part: Part, start: dt.date, end: dt.date) -> list[Total]:
        """Return the sum over a period in every series that can tell it, the default series first."""
        return list(self._totals(part, start, end))

    def total(self, part: Part, start: dt.date, end: dt.date, series: str | None = None) -> Total | None:
        """Return the sum in the first series that can tell it, or in the one named; None if none can."""
        return next(self._totals(part, start, end, series), None)

    def values(self, column: str) -> list[str]:
        """Return the codes of a dimension in the default series (or all), without ``ALL``."""
        blocks = [self.default] if self.default else self.blocks
        return sorted({word for block in blocks for word in block.words[column]} - {ALL})

    def attribute_values(self, key: str) -> list[str]:
        """Return the values that an attribute takes in any series."""
        return sorted({str(p[key]) for block in self.blocks for p in block.pairs if key in p})

    def keys(self) -> set[str]:
        """Return the names of all attributes."""
        return {key for block in self.blocks for pairs in block.pairs for key in pairs}

    def has_place(self, place: str) -> bool:
        """Return whether a place is in any series, or stands for places that are."""
        return any(self._placed(block, place) for block in self.blocks)

    def covered(self, start: dt.date, end: dt.date) -> tuple[dt.date, dt.date] | None:
        """Return first and last day of the first series' periods within a period, None for none."""
        for block in self.blocks:
            inside = [s for s in block.spans if s[0] >= _ordinal(start) and s[1] <= _ordinal(end)]
            if inside:
                return _date(min(s[0] for s in inside)), _date(max(s[1] for s in inside))
        return None

    def extent(self) -> tuple[dt.date, dt.date]:
        """Return first and last day of all series."""
        ends = [s for block in self.blocks for s in block.spans]
        return _date(min(s[0] for s in ends)), _date(max(s[1] for s in ends))

    def is_whole(self, place: str | None) -> bool:
        """Return whether a place stands for everything that the default series counts."""
        if place is None or place == ALL:
            return True
        own = self.values("place")
        if own == [place]:
            return True
        parents = {self._places[p]["parent"] for p in own if p in self._places}
        nations = {self._places[p]["country"] for p in own if p in self._places}
        return parents == {place} or (nations == {place} and place not in own)

    def _totals(self, part: Part, start: dt.date, end: dt.date, series: str | None = None) -> Iterator[Total]:
        for block in self.blocks:
            if (series is None or block.series == series) and (found := self._sum(block, part, start, end)):
                yield found

    def _sum(self, block: _Block, part: Part, start: dt.date, end: dt.date) -> Total | None:
        first, last = _ordinal(start), _ordinal(end)
        if (first, last) in block.spans:
            mask = (block.start == first) & (block.end == last)
        else:
            inside = [s for s in block.spans if s[0] >= first and s[1] <= last]
            if not inside or not _meets(inside, first, last):
                return None
            mask = (block.start >= first) & (block.end <= last)
        periods = len({(s, e) for s, e in block.spans if s >= first and e <= last}) if mask.any() else 0
        masked = self._masked(block, part, mask)
        if masked is None:
            return None
        mask, incomplete, narrowed = masked
        rows = np.flatnonzero(mask & ~np.isnan(block.value))
        if not len(rows):
            return None
        spans = sorted({(int(block.start[i]), int(block.end[i])) for i in rows})
        if narrowed and (first, last) not in block.spans and len(spans) < periods:
            return None
        if len(spans) > 1 and "time" not in self._additive:
            return None
        sums = tuple(
            (_date(s), _date(e), float(block.value[rows][(block.start[rows] == s) & (block.end[rows] == e)].sum()))
            for s, e in spans
        )
        single = int(rows[0]) if len(rows) == 1 else None
        return Total(
            value=float(block.value[rows].sum()),
            low=_or_none(block.low, single),
            high=_or_none(block.high, single),
            series=block.series,
            sources=";".join(sorted(set(block.source[rows]))),
            vintage=str(block.vintage[rows[0]]),
            published=_date(int(block.published[rows].max())),
            periods=sums,
            incomplete=incomplete,
            rounded=len(rows) if "rounded" in block.series else 0,
        )

    def _masked(
        self, block: _Block, part: Part, mask: np.ndarray[Any, Any]
    ) -> tuple[np.ndarray[Any, Any], str, bool] | None:
        """Return the rows of a part, what they leave out, and whether a source's own totals were taken."""
        incomplete, narrowed = "", False
        if part.nationalities:
            nations = self._nations(block, part.nationalities)
            if nations is None:
                return None
            mask = mask & nations
        if part.place and not (self.is_whole(part.place) and part.place not in block.words["place"]):
            wanted = self._placed(block, part.place)
            if not wanted:
                return None
            mask = mask & block.where("place", wanted)
        for column in ("household", "legal_authority", "component"):
            code = getattr(part, column)
            if code:
                if code not in block.words[column]:
                    return None
                mask = mask & block.where(column, [code])
        chosen = self._chosen(block, part)
        if chosen is None:
            return None
        pairs, rest = chosen
        if pairs is not None:
            if rest is not None and (mask & np.isin(block.codes["attributes"], rest)).any():
                incomplete = "applications that the source counts in cases, not persons, are left out"
            mask = mask & np.isin(block.codes["attributes"], pairs)
        for column in DIMENSIONS:
            present = np.unique(block.codes[column][mask])
            if len(present) <= 1:
                if len(present) and not self._stands_for_all(block, column, part, present):
                    return None
                continue
            whole = block.wholes(column, present)
            if whole and not _is_set(part, column):
                mask, narrowed = mask & (block.codes[column] == whole[0]), True
            elif (
                column not in self._additive and not (column == "attributes" and pairs is not None)
            ) or not self._stands_for_all(block, column, part, present):
                return None
        return mask, incomplete, narrowed

    def _stands_for_all(self, block: _Block, column: str, part: Part, present: np.ndarray[Any, Any]) -> bool:
        """Return whether rows without a bound on a dimension are all of it, not a part that a source singled out."""
        if _is_set(part, column) or block is self.default:
            return True
        words = [block.words[column][i] for i in present]
        if ALL in words or "{}" in words:
            return True
        if column == "nationality":
            return len(words) >= WHOLE_NATIONALITIES
        if column == "place":
            if len(words) == 1:
                return self.is_whole(words[0]) or self._places.get(words[0], {}).get("kind") == "country"
            own = self.values("place")
            parents = {self._places[p]["parent"] for p in own if p in self._places}
            return len(set(words) & set(own)) >= WHOLE_SHARE * len(own) or parents <= set(words)
        if column == "household":
            return len(words) > 2
        return column != "attributes" or len(words) > 1 or self.default is None

    def _placed(self, block: _Block, place: str) -> list[str]:
        """Return the places of a block that a place stands for."""
        words = block.words["place"]
        if place in words:
            return [place]
        if place == PORTS:
            return [w for w in words if self._places.get(w, {}).get("kind") == "field_office"]
        children = [w for w in words if self._places.get(w, {}).get("parent") == place]
        if self.default is not None and block is not self.default and children:
            expected = [w for w in self.default.words["place"] if self._places.get(w, {}).get("parent") == place]
            if len(children) < WHOLE_SHARE * len(expected):
                return []
        return children

    def _nations(self, block: _Block, codes: Sequence[str]) -> np.ndarray[Any, Any] | None:
        """Return the rows of some nationalities; None where the series does not tell them apart."""
        words = block.words["nationality"]
        if OTHER in codes:
            if words == [ALL]:
                return None
            codes = [*codes, *(w for w in words if w not in (*NAMED_NATIONALITIES, ALL))]
        elif any(code not in words for code in codes):
            return None
        return block.where("nationality", codes)

    def _chosen(
        self, block: _Block, part: Part
    ) -> tuple[np.ndarray[Any, Any] | None, np.ndarray[Any, Any] | None] | None:
        """Return the attributes that a part wants, and those that it would want but for their unit of count."""
        asked = dict(part.pairs)
        first = FIRST_CHOICE.get(str(self.about["measure"]), {})
        if not asked and not first:
            return None, None
        wants: dict[str, tuple[str, ...]] = {**first, **{key: (value,) for key, value in asked.items()}}
        chosen, rest = [], []
        for index, pairs in enumerate(block.pairs):
            misses = [key for key, values in wants.items() if not _holds(pairs.get(key), values)]
            if not misses:
                chosen.append(index)
            elif misses == ["count_unit"]:
                rest.append(index)
        return (np.array(chosen), np.array(rest)) if chosen else None


def _holds(given: str | None, values: Sequence[str]) -> bool:
    """Return whether an attribute has one of some values, or is a list that begins with one."""
    return given is not None and any(given == v or given.startswith(f"{v},") for v in values)


def _is_set(part: Part, column: str) -> bool:
    name = {"nationality": "nationalities", "attributes": "pairs"}.get(column, column)
    return bool(getattr(part, name))


def _meets(spans: Sequence[tuple[int, int]], first: int, last: int) -> bool:
    """Return whether periods follow each other without gap or overlap from the first day to the last."""
    ordered = sorted(spans)
    joined = all(b[0] == a[1] + 1 for a, b in pairwise(ordered))
    return ordered[0][0] == first and ordered[-1][1] == last and joined


def _block(series: str, rows: pd.DataFrame) -> _Block:
    import pandas as pd

    codes, words = {}, {}
    for column in DIMENSIONS:
        index, values = pd.factorize(rows[column].to_numpy(dtype=object))
        codes[column], words[column] = index, [str(value) for value in values]
    start, end = _days(rows["period_start"]), _days(rows["period_end"])
    return _Block(
        series=series,
        start=start,
        end=end,
        value=rows["value"].to_numpy(float),
        low=rows["low"].to_numpy(float),
        high=rows["high"].to_numpy(float),
        published=_days(rows["published"]),
        source=rows["source_id"].to_numpy(dtype=object),
        vintage=rows["vintage"].to_numpy(dtype=object),
        codes=codes,
        words=words,
        pairs=[json.loads(text) for text in words["attributes"]],
        spans=sorted({(int(s), int(e)) for s, e in zip(start, end, strict=True)}),
    )


def _days(column: pd.Series[Any]) -> np.ndarray[Any, Any]:
    return column.to_numpy(dtype="datetime64[D]").astype(np.int64)


def _ordinal(day: dt.date) -> int:
    return (day - EPOCH).days


def _date(ordinal: int) -> dt.date:
    return EPOCH + dt.timedelta(days=ordinal)


def _or_none(array: np.ndarray[Any, Any], row: int | None) -> float | None:
    return None if row is None or np.isnan(array[row]) else float(array[row])
