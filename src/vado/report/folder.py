"""A report as a folder: page, tables, pictures and the answers as JSON, put in place whole or not at all."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from vado.answer import Answer
from vado.report import images
from vado.report.charts import is_drawn, is_empty
from vado.report.html import report_html
from vado.report.names import CHARTS, JSON, PAGE, TABLES, WORKBOOK, answer_slugs, chart_stem
from vado.report.tables import write_tables, write_workbook
from vado.report.target import check_replaceable


def write_report(
    answers: Sequence[Answer],
    folder: str | Path,
    *,
    title: str,
    preamble: Mapping[str, str],
    date: dt.date | None = None,
    workbook: bool | None = None,
    pictures: bool = True,
) -> Path:
    """Write a report: ``report.html``, ``tables/``, ``tables.xlsx``, ``charts/`` and ``answers.json``.

    All is written to a folder beside and then moved, so that a run that fails leaves an earlier report as it was.

    Parameters
    ----------
    answers
        What the report shows, in this order.
    folder
        Where it goes. An earlier report there is replaced; a folder with anything else in it is refused.
    title
        The report's heading.
    preamble
        Heading → paragraph, shown first: what the report is for, what it must not be used for.
    date
        The day it was made; today if not given.
    workbook
        Whether to write the Excel workbook; if not given, where its library is installed.
    pictures
        Whether to write each chart as PNG and SVG, which takes about a second a chart.

    Returns
    -------
    Path
        The page, ``folder/report.html``.

    Raises
    ------
    BadFileError
        If the folder holds files that are not a report's, or a workbook was asked for and cannot be written.
    BadValueError
        If a chart would draw rows that hide each other.
    """
    target = Path(folder).resolve()
    check_replaceable(target)
    if workbook is None:
        workbook = importlib.util.find_spec("xlsxwriter") is not None
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}-{secrets.token_hex(4)}.new")
    fresh.mkdir()
    try:
        _fill(fresh, answers, title, preamble, date or dt.date.today(), workbook, pictures)
        _replace(target, fresh)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return target / PAGE


def _fill(
    folder: Path,
    answers: Sequence[Answer],
    title: str,
    preamble: Mapping[str, str],
    date: dt.date,
    workbook: bool,
    pictures: bool,
) -> None:
    page = report_html(answers, title=title, preamble=preamble, date=date, workbook=workbook, pictures=pictures)
    (folder / PAGE).write_text(page, encoding="utf-8", newline="\n")
    write_tables(answers, folder / TABLES)
    if workbook:
        write_workbook(answers, folder / WORKBOOK)
    if pictures:
        _write_pictures(answers, folder / CHARTS)
    everything = json.dumps([answer.to_dict() for answer in answers], ensure_ascii=False, allow_nan=False)
    (folder / JSON).write_text(everything + "\n", encoding="utf-8", newline="\n")


def _write_pictures(answers: Sequence[Answer], folder: Path) -> None:
    folder.mkdir()
    for name, answer in zip(answer_slugs(answers), answers, strict=True):
        for number, chart in enumerate(answer.charts, 1):
            if not is_drawn(chart) or is_empty(chart, answer.tables):
                continue
            drawn = images.svg(chart, answer.tables)
            (folder / f"{chart_stem(name, number)}.png").write_bytes(images.png_of(drawn))
            (folder / f"{chart_stem(name, number)}.svg").write_text(drawn, encoding="utf-8", newline="\n")


def _replace(target: Path, fresh: Path) -> None:
    """Put the new folder in the place of the old; if that fails, the old one is put back."""
    if not target.exists():
        fresh.rename(target)
        return
    old = fresh.with_suffix(".old")
    target.rename(old)
    try:
        fresh.rename(target)
    except BaseException:
        old.rename(target)
        raise
    shutil.rmtree(old)
