"""All charts of an answer in one file: a picture for a page or a slide, or a page to point at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from vado.answer import Answer
from vado.errors import BadFileError, BadValueError
from vado.report.charts import is_empty, sheet
from vado.report.html import report_html
from vado.report.images import png_of, svg_of

ENDINGS = (".svg", ".png", ".html")


def check_picture_name(path: Path) -> None:
    """Refuse a file that :func:`write_picture` could not write, before anything is drawn.

    Raises
    ------
    BadFileError
        For an ending that is no picture's, or a folder that is not there.
    """
    if path.suffix not in ENDINGS:
        raise BadFileError(f"{path} ends in none of {', '.join(ENDINGS)}; name the file so that one of them fits")
    if not path.parent.is_dir():
        raise BadFileError(f"there is no folder {path.parent}; make it or name another")
    if path.is_dir():
        raise BadFileError(f"{path} is a folder; name a file")


def write_picture(answer: Answer, path: Path, *, preamble: Mapping[str, str]) -> None:
    """Write the charts of an answer below each other, as SVG, PNG or a page, by the ending of the file's name.

    Parameters
    ----------
    answer
        What is drawn; the page holds its tables too.
    path
        The file; an earlier one is replaced.
    preamble
        Heading → paragraph, shown first on a page.

    Raises
    ------
    BadFileError
        For an ending that is no picture's, or a folder that is not there.
    BadValueError
        If the answer has no chart with anything to draw.
    """
    check_picture_name(path)
    charts = [chart for chart in answer.charts if not is_empty(chart, answer.tables)]
    if not charts:
        raise BadValueError(f"there is nothing to draw for {answer.question!r}")
    if path.suffix == ".html":
        page = report_html(
            [answer], title=answer.question, preamble=preamble, date=dt.date.today(), workbook=False, pictures=False,
            tables=False,
        )  # fmt: skip
        path.write_text(page, encoding="utf-8", newline="\n")
        return
    drawn = svg_of(sheet(charts, answer.tables))
    if path.suffix == ".svg":
        path.write_text(drawn, encoding="utf-8", newline="\n")
    else:
        path.write_bytes(png_of(drawn))
