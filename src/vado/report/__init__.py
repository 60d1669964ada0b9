"""The report: answers drawn as charts, one HTML page, tables and pictures.

It shows what an :class:`~vado.answer.Answer` describes and computes no result. What it needs to draw (Altair,
vl-convert, Jinja) takes a second to import; each name here imports it on first use, so that a command that draws
nothing does not wait.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vado.report.charts import draw, specification
    from vado.report.folder import write_report
    from vado.report.html import report_html
    from vado.report.images import png, svg
    from vado.report.tables import write_csv, write_parquet, write_tables, write_workbook

__all__ = [
    "draw",
    "png",
    "report_html",
    "specification",
    "svg",
    "write_csv",
    "write_parquet",
    "write_report",
    "write_tables",
    "write_workbook",
]

_HOME = {
    "draw": "charts",
    "specification": "charts",
    "write_report": "folder",
    "report_html": "html",
    "png": "images",
    "svg": "images",
    "write_csv": "tables",
    "write_parquet": "tables",
    "write_tables": "tables",
    "write_workbook": "tables",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
