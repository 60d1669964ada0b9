"""The ledger's rows kept at hand: each measure is read once and then answered from memory.

Checking an article asks for hundreds of totals of the same few measures. A :class:`Shelf` belongs to one ledger and one
``as_of``; it goes when the ledger goes.
"""

from __future__ import annotations

import datetime as dt
import json
import weakref
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from vado.claims.tally import Tally
from vado.claims.wording import publisher
from vado.ledger.dates import Day, day

if TYPE_CHECKING:
    import pandas as pd

    from vado.ledger.ledger import Ledger


class Shelf:
    """What one ledger holds as of one day.

    Parameters
    ----------
    ledger
        The ledger to read.
    as_of
        Leave out what was published later; None for all.
    """

    def __init__(self, ledger: Ledger, as_of: dt.date | None) -> None:
        self._ledger = weakref.ref(ledger)
        self.as_of = as_of
        self._rows: dict[str, pd.DataFrame] = {}
        self._records: dict[str, list[dict[str, Any]]] = {}
        self._tallies: dict[str, Tally] = {}
        self._names: dict[tuple[str, str], str] = {}

    @property
    def ledger(self) -> Ledger:
        """The ledger behind the shelf."""
        ledger = self._ledger()
        assert ledger is not None, "the ledger of this shelf is gone"
        return ledger

    @cached_property
    def measures(self) -> dict[str, dict[str, Any]]:
        """The rows of the table ``measures`` by name."""
        return {str(row["measure"]): _named(row) for row in self.ledger.measures.to_dict("records")}

    @cached_property
    def places(self) -> dict[str, dict[str, Any]]:
        """The rows of the table ``places`` by key."""
        return {str(row["place"]): _named(row) for row in self.ledger.read("places").to_dict("records")}

    @cached_property
    def place_names(self) -> dict[str, str]:
        """Key of a place → its name."""
        return {key: str(row["name"]) for key, row in self.places.items()}

    @cached_property
    def parents(self) -> dict[str, str]:
        """Key of a place → the place that it is counted in, where there is one."""
        return {key: row["parent"] for key, row in self.places.items() if isinstance(row["parent"], str)}

    @cached_property
    def sources(self) -> dict[str, dict[str, Any]]:
        """The rows of the table ``sources`` by id."""
        return {str(row["source_id"]): _named(row) for row in self.ledger.sources().to_dict("records")}

    def is_second_hand(self, source_id: str) -> bool:
        """Return whether any of some sources, separated by ``;``, is a press page."""
        return any(self.sources[one]["kind"] == "press" for one in source_id.split(";"))

    @cached_property
    def polls(self) -> pd.DataFrame:
        """The table ``polls``."""
        return self.ledger.read("polls", self.as_of)

    @cached_property
    def roll_calls(self) -> pd.DataFrame:
        """The table ``roll_calls``."""
        return self.ledger.read("roll_calls", self.as_of)

    def rows(self, measure: str) -> pd.DataFrame:
        """Return every series of a measure as known on the day, with ``pairs`` (attributes) and ``who`` added."""
        if measure not in self._rows:
            rows = self.ledger.observe(measure, self.as_of, series="all")
            pairs = rows["attributes"].map(json.loads)
            who = [self.name(str(s), str(p.get("whose", ""))) for s, p in zip(rows["source_id"], pairs, strict=True)]
            self._rows[measure] = rows.assign(pairs=pairs, who=who)
        return self._rows[measure]

    def records(self, measure: str) -> list[dict[str, Any]]:
        """Return :meth:`rows` as records."""
        if measure not in self._records:
            self._records[measure] = [_named(row) for row in self.rows(measure).to_dict("records")]
        return self._records[measure]

    def tally(self, measure: str) -> Tally:
        """Return the counts of a measure, ready to be added up."""
        if measure not in self._tallies:
            rows = self.ledger.observe(measure, self.as_of, series="all")
            self._tallies[measure] = Tally(self.measures[measure], rows, self.places)
        return self._tallies[measure]

    def name(self, source_id: str, whose: str = "") -> str:
        """Return whose figure a row is, in words."""
        key = (source_id, whose)
        if key not in self._names:
            self._names[key] = publisher(self.sources[source_id.split(";")[0]], whose)
        return self._names[key]


def _named(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in row.items()}


_SHELVES: weakref.WeakKeyDictionary[Ledger, dict[dt.date | None, Shelf]] = weakref.WeakKeyDictionary()


def shelf(ledger: Ledger, as_of: Day | None = None) -> Shelf:
    """Return the shelf of a ledger as of a day, made at the first call.

    A user's ledger that is loaded into meanwhile needs to be opened again.
    """
    known = day(as_of, "as_of") if as_of is not None else None
    of_ledger = _SHELVES.setdefault(ledger, {})
    if known not in of_ledger:
        of_ledger[known] = Shelf(ledger, known)
    return of_ledger[known]
