"""The result of a run as one tidy table: a row a count, made a few draws at a time so that memory stays small.

Rows of zero are there: a row that is missing says that a counter has no station at a place, never that nothing was
counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xarray as xr

#: Column → what it holds, in the order of a file.
COLUMNS = {
    "variable": "the counter, or waiting, travelling, ended, occupancy",
    "kind": "events, where a person can be counted several times; persons, where not",
    "unit": "what is counted",
    "draw": "the member of the ensemble, from 0",
    "time": "first day of the period",
    "until": "last day of the period",
    "place": "the place, by its key in the description; empty for travelling",
    "station": "the queue or sink; empty for counters and travelling",
    "nationality": "ISO 3166 alpha-3; OTH other",
    "household": "the kind of household",
    "value": "the count: a sum over the period, or for waiting, travelling and occupancy those there at its end",
}

#: What a file says of rows that are not there.
ROWS = (
    "One row for each draw, period, place or station, nationality and household; a count of zero has its row. A "
    "counter has rows only for places where it has a station: elsewhere nothing can be counted."
)

_WORDS = ("variable", "kind", "unit", "place", "station", "nationality", "household")

#: Rows that are held in memory at a time, unless one draw has more.
_ROWS_AT_A_TIME = 1_000_000


def schema(outcome: xr.Dataset) -> pa.Schema:
    """Return the columns of the table with their types, and what the file says of itself."""
    counts = outcome["travelling"].dtype
    types = {name: pa.dictionary(pa.int32(), pa.string()) for name in _WORDS}
    types |= {"draw": pa.int32(), "time": pa.date32(), "until": pa.date32()}
    types["value"] = pa.float64() if np.issubdtype(counts, np.floating) else pa.int64()
    fields = [pa.field(name, types[name], metadata={"description": said}) for name, said in COLUMNS.items()]
    attributes = {name: value.item() if hasattr(value, "item") else value for name, value in outcome.attrs.items()}
    return pa.schema(fields, metadata={"vado": json.dumps({**attributes, "rows": ROWS})})


def tables(outcome: xr.Dataset, rows: int = _ROWS_AT_A_TIME) -> Iterator[pa.Table]:
    """Yield the table, some draws at a time.

    Parameters
    ----------
    outcome
        What :func:`vado.simulation.simulate.simulate` returns.
    rows
        About how many rows to hold in memory.
    """
    columns = schema(outcome)
    blocks = [_Block(outcome, str(name)) for name in outcome.data_vars]
    step = max(1, rows // max(1, sum(block.rows for block in blocks)))
    words = {name: _Words(name, blocks) for name in _WORDS}
    for first in range(0, outcome.sizes["draw"], step):
        draws = slice(first, min(first + step, outcome.sizes["draw"]))
        parts = [block.arrays(draws, words) for block in blocks]
        whole = {name: pa.concat_arrays([part[name] for part in parts]) for name in COLUMNS}
        yield pa.table(whole, schema=columns)


class _Block:
    """One variable of an outcome: its counts ``(draw, period, where, nationality, household)`` and their labels."""

    def __init__(self, outcome: xr.Dataset, name: str) -> None:
        variable = outcome[name]
        self.name = name
        self.values = variable.values
        self.kind, self.unit = str(variable.attrs["kind"]), str(variable.attrs["units"])
        self.draws = outcome["draw"].values
        self.nationalities, self.households = _labels(outcome, "nationality"), _labels(outcome, "household")
        self.wanted: list[int] | None = None
        if "day" in variable.dims:
            self.first = self.last = _dates(outcome["day"].values)
        else:
            bounds = outcome["time_bounds"].values
            self.first, self.last = _dates(bounds[:, 0]), _dates(bounds[:, 1]) - 1
        self.places: Sequence[str | None]
        self.stations: Sequence[str | None]
        where = variable.dims[2]
        if where == "place":
            places = _labels(outcome, "place")
            self.wanted = [places.index(place) for place in json.loads(variable.attrs["counted_at"])]
            self.places, self.stations = [places[index] for index in self.wanted], [None] * len(self.wanted)
        elif where == "nationality":
            self.values = self.values[:, :, None]
            self.places, self.stations = [None], [None]
        else:
            self.stations = _labels(outcome, str(where))
            of = "sink" if where == "sink" else "queue"
            place_of = dict(zip(_labels(outcome, of), _labels(outcome, f"{of}_place"), strict=True))
            self.places = [place_of[str(station)] for station in self.stations]

    @property
    def rows(self) -> int:
        """Rows that a draw has."""
        return len(self.first) * len(self.places) * len(self.nationalities) * len(self.households)

    def words(self, column: str) -> Sequence[str | None]:
        """Return the labels of a column of words, along its own axis."""
        return {
            "variable": [self.name],
            "kind": [self.kind],
            "unit": [self.unit],
            "place": self.places,
            "station": self.stations,
            "nationality": self.nationalities,
            "household": self.households,
        }[column]

    def arrays(self, draws: slice, words: dict[str, _Words]) -> dict[str, Any]:
        """Return the columns of some draws."""
        values = self.values[draws]
        if self.wanted is not None:
            values = values[:, :, self.wanted]
        axes = {"draw": 0, "time": 1, "until": 1, "place": 2, "station": 2, "nationality": 3, "household": 4}
        found: dict[str, Any] = {}
        for column in _WORDS:
            codes = words[column].codes(self.words(column))
            found[column] = words[column].array(_along(codes, axes.get(column, 0), values.shape))
        days = {"time": self.first, "until": self.last}
        found["draw"] = pa.array(_along(self.draws[draws].astype(np.int32), 0, values.shape))
        for column, dates in days.items():
            found[column] = pa.array(_along(dates, 1, values.shape)).cast(pa.date32())
        found["value"] = pa.array(values.astype(np.float64 if values.dtype.kind == "f" else np.int64).ravel())
        return found


class _Words:
    """The words of a column over all variables, each kept once."""

    def __init__(self, column: str, blocks: Sequence[_Block]) -> None:
        found = dict.fromkeys(word for block in blocks for word in block.words(column))
        self._code = {word: code for code, word in enumerate(word for word in found if word is not None)}
        self._dictionary = pa.array(list(self._code), pa.string())

    def codes(self, words: Sequence[str | None]) -> npt.NDArray[np.int32]:
        """Return the number of each word; -1 for none."""
        return np.array([-1 if word is None else self._code[word] for word in words], dtype=np.int32)

    def array(self, codes: npt.NDArray[np.int32]) -> Any:
        """Return words by number; -1 is missing."""
        missing = codes < 0
        indices = pa.array(codes, mask=missing) if missing.any() else pa.array(codes)
        return pa.DictionaryArray.from_arrays(indices, self._dictionary)


def _along(labels: npt.NDArray[np.int32], axis: int, shape: tuple[int, ...]) -> npt.NDArray[np.int32]:
    """Return labels of an axis, or a single one, for every cell of an array, flat."""
    position = [1] * len(shape)
    position[axis] = len(labels)
    return np.broadcast_to(labels.reshape(position), shape).ravel()


def _dates(days: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    return days.astype("datetime64[D]").astype(np.int32)


def _labels(outcome: xr.Dataset, name: str) -> list[str]:
    return [str(label) for label in outcome[name].values]
