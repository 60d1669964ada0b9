"""A text with marks, by paragraph, as a page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from vado.answer import Chart
from vado.report.values import plain


@dataclass(frozen=True)
class Stretch:
    """Words of a text, with the mark that they carry and what is said of it; both empty for words without."""

    text: str
    mark: str = ""
    note: str = ""


def paragraphs(chart: Chart, tables: Mapping[str, pd.DataFrame]) -> list[list[Stretch]]:
    """Return the paragraphs of a chart of kind ``text``, each as its stretches in order.

    Parameters
    ----------
    chart
        Of kind ``text``; its roles are paragraph, text, mark and note.
    tables
        The tables of its answer.
    """
    table = tables[chart.table]
    found: dict[object, list[Stretch]] = {}
    for row in table.to_dict("records"):
        cells = {role: plain(row[column]) for role, column in chart.columns.items()}
        words = {role: "" if cells.get(role) is None else str(cells[role]) for role in ("text", "mark", "note")}
        found.setdefault(cells["paragraph"], []).append(Stretch(**words))
    return list(found.values())
