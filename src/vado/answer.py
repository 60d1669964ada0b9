"""The one result type: what every question returns and every screen shows.

An :class:`Answer` holds a sentence or two, tidy tables, descriptions of charts over those tables, the sources of
every row, the parameters that nobody published, and the caveats. It computes nothing and draws nothing: rooms
below fill it, :mod:`vado.report` and the terminal show it, and :meth:`Answer.to_json` is what machines read.

Every row of every table names where it comes from in a column ``source_id`` (several separated by ``;``). An
answer that breaks this rule cannot be made.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import pandas as pd

from vado.errors import BadValueError

ChartKind = Literal["fan", "line", "bar", "forest", "map", "heatmap", "graph", "text"]

#: The roles that a chart of each kind gives to columns of its table: (required, optional).
CHART_ROLES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "fan": (
        frozenset({"x", "median"}),
        frozenset({"facet", *(f"{e}_{c}" for e in ("low", "high") for c in (50, 80, 90, 95))}),
    ),
    "line": (frozenset({"x", "y"}), frozenset({"color", "detail", "low", "high", "facet", "label"})),
    "bar": (frozenset({"x", "y"}), frozenset({"color", "facet"})),
    "forest": (frozenset({"y", "x"}), frozenset({"low", "high", "color", "group", "label"})),
    "map": (frozenset({"latitude", "longitude", "size"}), frozenset({"color", "label", "name", "step"})),
    "heatmap": (frozenset({"x", "y", "value"}), frozenset({"facet", "label"})),
    "graph": (frozenset({"name"}), frozenset({"color", "detail", "place", "reads"})),
    "text": (frozenset({"paragraph", "text"}), frozenset({"mark", "note"})),
}


@dataclass(frozen=True)
class Chart:
    """A description of a chart: which table, and which column plays which role.

    Parameters
    ----------
    kind
        ``fan`` (a forecast's median and intervals over time), ``line``, ``bar``, ``forest`` (estimates with
        their intervals, one a row), ``map`` (volumes at coordinates), ``heatmap`` (a value per pair), ``graph``
        (boxes joined by arrows) or ``text`` (a text by paragraph, with marks; only pages show it).
    table
        The table of the answer that is drawn.
    title
        One line, with the unit where the axis does not say it.
    columns
        Role → column of the table; the roles of each kind are in :data:`CHART_ROLES`. A map with a ``step`` shows
        the rows of one of its values at a time, the last to begin with; a page lets the reader choose.
    where
        Column → value: only these rows are drawn.
    overlay
        For fans: the table of observed values, with the columns of role ``x``, ``facet`` and one named
        ``value``; the same ``where`` holds for those of its columns that the overlay has. For graphs and maps: the
        table of arrows, with columns ``start`` and ``end`` that hold cells of role ``name``, and if it likes ``label``
        (text) and ``back`` (whether the arrow of a graph leads back and closes a circle).
    unit
        The unit of the measured axis, as the statistical office names it ("encounters").
    note
        What a reader must know to read the chart, in one sentence.
    reference
        For heatmaps: the value that means "no difference" (1 for a ratio).
    """

    kind: ChartKind
    table: str
    title: str
    columns: Mapping[str, str]
    where: Mapping[str, str] = field(default_factory=dict)
    overlay: str | None = None
    unit: str = ""
    note: str = ""
    reference: float | None = None


@dataclass(frozen=True)
class MadeBy:
    """What made an answer: the command, the seed, and the versions of program, ledger and libraries."""

    command: str
    seed: int | None
    versions: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """The answer to one question, complete enough for any screen.

    Parameters
    ----------
    question
        The question in words, ending in a question mark.
    as_of
        The day whose knowledge the answer uses.
    summary
        One to four sentences.
    tables
        Name → tidy table; every table has a column ``source_id``.
    charts
        Descriptions of charts over the tables.
    sources
        One mapping a source, at least ``source_id, publisher, title, url, licence``; every id that a table
        names is here.
    assumed
        Parameters used that nobody published: mappings with at least ``name, value, unit, note``.
    caveats
        Sentences that a reader must know before using a figure.
    made_by
        Command, seed and versions.

    Raises
    ------
    BadValueError
        If a table has a row without a source, names a source that is not listed, or a chart asks for a table
        or column that is not there.
    """

    question: str
    as_of: dt.date
    summary: Sequence[str]
    tables: Mapping[str, pd.DataFrame]
    charts: Sequence[Chart]
    sources: Sequence[Mapping[str, Any]]
    assumed: Sequence[Mapping[str, Any]]
    caveats: Sequence[str]
    made_by: MadeBy

    def __post_init__(self) -> None:
        known = {str(source["source_id"]) for source in self.sources}
        for name, table in self.tables.items():
            _check_sources(name, table, known)
        for chart in self.charts:
            _check_chart(chart, self.tables)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain lists and mappings, ready for JSON; dates are ISO, missing is None."""
        return {
            "question": self.question,
            "as_of": self.as_of.isoformat(),
            "summary": list(self.summary),
            "tables": {name: rows_of(table) for name, table in self.tables.items()},
            "charts": [asdict(chart) for chart in self.charts],
            "sources": [{k: _plain(v) for k, v in source.items()} for source in self.sources],
            "assumed": [{k: _plain(v) for k, v in item.items()} for item in self.assumed],
            "caveats": list(self.caveats),
            "made_by": asdict(self.made_by),
        }

    def to_json(self, indent: int | None = 2) -> str:
        """Return :meth:`to_dict` as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False, allow_nan=False)


def cited(*tables: pd.DataFrame) -> list[str]:
    """Return every source id that the tables name, sorted, each once."""
    found: set[str] = set()
    for table in tables:
        for cell in table["source_id"].unique():
            found.update(str(cell).split(";"))
    return sorted(found)


def _check_sources(name: str, table: pd.DataFrame, known: set[str]) -> None:
    if "source_id" not in table.columns:
        raise BadValueError(f"table {name!r} has no column source_id; every row must name its source")
    if table["source_id"].isna().any() or (table["source_id"] == "").any():
        raise BadValueError(f"table {name!r} has a row without a source_id; every number needs its source")
    missing = set(cited(table)) - known
    if missing:
        raise BadValueError(f"table {name!r} names sources that the answer does not list: {sorted(missing)[:3]}")


def _check_chart(chart: Chart, tables: Mapping[str, pd.DataFrame]) -> None:
    for name in filter(None, (chart.table, chart.overlay)):
        if name not in tables:
            raise BadValueError(f"chart {chart.title!r} draws table {name!r}, which the answer does not have")
    required, optional = CHART_ROLES[chart.kind]
    roles = set(chart.columns)
    if not required <= roles <= required | optional:
        raise BadValueError(
            f"chart {chart.title!r} of kind {chart.kind} has roles {sorted(roles)}; "
            f"it needs {sorted(required)} and may have {sorted(optional)}"
        )
    absent = {*chart.columns.values(), *chart.where} - set(tables[chart.table].columns)
    if absent:
        raise BadValueError(f"chart {chart.title!r} asks for columns {sorted(absent)} that {chart.table!r} lacks")


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as mappings that JSON knows."""
    return [{str(k): _plain(v) for k, v in row.items()} for row in table.to_dict(orient="records")]


def _plain(value: Any) -> Any:
    """Turn a cell into what JSON knows: missing is None, dates are ISO text, numpy scalars are Python's."""
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, (dt.datetime, pd.Timestamp)):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
