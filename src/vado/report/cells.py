"""Tables as a page shows them: figures with separators at the right, dates as ISO, sources as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from vado.report.values import ColumnKind, column_kind, is_missing, text, words

#: Rows that a page shows of one table; the files beside it hold all.
MOST_ROWS = 200
SOURCE = "source_id"
_STYLES: dict[ColumnKind, Literal["number", "date-cell", ""]] = {
    "number": "number",
    "year": "number",
    "date": "date-cell",
    "text": "",
}


@dataclass(frozen=True)
class Column:
    """A column's heading and the style of its cells: figures stand at the right, dates are not broken."""

    title: str
    style: Literal["number", "date-cell", ""]


@dataclass(frozen=True)
class Page:
    """A table ready to be shown: headings, cells as text, and the numbers of each row's sources."""

    columns: list[Column]
    rows: list[tuple[list[str], list[int]]]
    total: int

    @property
    def cut(self) -> bool:
        """Whether rows were left out."""
        return len(self.rows) < self.total


def page_of(table: pd.DataFrame, numbers: Mapping[str, int], most_rows: int | None = MOST_ROWS) -> Page:
    """Return the first rows of a table as text.

    Parameters
    ----------
    table
        A table of an answer.
    numbers
        Source id → its number in the report's list.
    most_rows
        How many rows; None for all.
    """
    shown = table.head(len(table) if most_rows is None else most_rows)
    names = [name for name in table.columns if name != SOURCE]
    kinds: dict[Any, ColumnKind] = {name: column_kind(table[name].rename(str(name))) for name in names}
    cells = [_cells(shown[name], kinds[name]) for name in names]
    sources = [[numbers[one] for one in str(cell).split(";")] for cell in shown[SOURCE]]
    rows = [([column[row] for column in cells], list(dict.fromkeys(found))) for row, found in enumerate(sources)]
    columns = [Column(words(name), _STYLES[kinds[name]]) for name in names]
    return Page(columns, rows, len(table))


def _cells(column: pd.Series[Any], kind: ColumnKind) -> list[str]:
    if kind == "number":
        digits = _digits(column)
        return ["" if is_missing(value) else figure(float(value), digits) for value in column]
    if kind == "year":
        return ["" if is_missing(value) else str(int(value)) for value in column]
    return [text(value) for value in column]


def figure(value: float, digits: int) -> str:
    """Return a number with separators and a fixed number of digits, more where it would read as zero.

    >>> figure(1234567.0, 0), figure(-0.5, 2), figure(0.00012, 2)
    ('1,234,567', '−0.50', '0.00012')
    """
    shown = f"{value:,.{digits}f}"
    if value and float(shown.replace(",", "")) == 0:
        shown = f"{value:.2g}"
    return shown.replace("-", "−", 1) if shown.startswith("-") else shown


def _digits(column: pd.Series[Any]) -> int:
    """Return the digits after the point that a column needs: none for counts, more the smaller it is."""
    values = pd.to_numeric(column, errors="coerce").dropna().abs()
    if values.empty or (values % 1 == 0).all() or values.max() >= 1000:
        return 0
    return 2 if values.max() >= 1 else 3
