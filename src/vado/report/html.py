"""Answers as one HTML page that opens from disk: program, style and data inside, nothing loaded from anywhere.

The page's Content-Security-Policy forbids every request, and allows by their hash only the two scripts that are
in it: the Vega bundle that vl-convert carries, and ``report.js``. Vega evaluates its expressions with its
interpreter, so that the page needs no ``eval``.
"""

from __future__ import annotations

import base64
import datetime as dt
import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import jinja2
import vl_convert
from markupsafe import Markup

from vado.answer import Answer, MadeBy
from vado.report.cells import MOST_ROWS, Page, page_of
from vado.report.charts import is_drawn, is_empty, notes, specification
from vado.report.images import vega_lite_version
from vado.report.marked import Stretch, paragraphs
from vado.report.names import CHARTS, GENERATOR, TABLES, WORKBOOK, answer_slugs, table_stems
from vado.report.sources import merged_sources
from vado.report.values import plain, words

#: Tables with up to this many rows are open when the page opens.
OPEN_UP_TO = 12


@dataclass(frozen=True)
class Figure:
    """A chart's place on the page, or a text with marks; without either there is nothing to draw."""

    element: str
    title: str
    unit: str
    notes: list[str]
    paragraphs: list[list[Stretch]]


@dataclass(frozen=True)
class Section:
    """An answer as the template shows it."""

    anchor: str
    answer: Answer
    figures: list[Figure]
    tables: list[tuple[str, Page, str]]
    assumed: list[dict[str, str]]


def report_html(
    answers: Sequence[Answer],
    *,
    title: str,
    preamble: Mapping[str, str],
    date: dt.date,
    workbook: bool = True,
    pictures: bool = True,
    tables: bool = True,
) -> str:
    """Return a report as the text of one HTML file.

    Parameters
    ----------
    answers
        What the report shows, in this order.
    title
        Its heading.
    preamble
        Heading → paragraph, shown before the answers: what the report is for, what it must not be used for.
    date
        The day it was made.
    workbook
        Whether the page may say that a workbook lies beside it.
    pictures
        Whether it may say that pictures of the charts do.
    tables
        Whether it may say that the tables do; a page without them shows all their rows itself.

    Raises
    ------
    BadValueError
        If a chart would draw rows that hide each other.
    """
    sources = merged_sources(answers)
    numbers = {source.source_id: source.number for source in sources}
    pool = DataPool()
    drawn: list[dict[str, Any]] = []
    sections = [
        _section(anchor, answer, numbers, pool, drawn, MOST_ROWS if tables else None)
        for anchor, answer in zip(answer_slugs(answers), answers, strict=True)
    ]
    bundle, script = vega_bundle(), _packaged("report.js")
    return _template().render(
        title=title,
        date=date.isoformat(),
        preamble=preamble,
        sections=sections,
        sources=sources,
        made_by=_makers(answers),
        policy=_policy(bundle, script),
        generator=Markup(GENERATOR),
        style=Markup(_packaged("report.css")),
        bundle=Markup(bundle),
        script=Markup(script),
        data=Markup(_inline_json({"data": pool.tables, "charts": drawn})),
        most_rows=MOST_ROWS,
        open_up_to=OPEN_UP_TO,
        tables_folder=TABLES if tables else "",
        workbook=WORKBOOK if workbook else "",
        pictures=CHARTS if pictures else "",
    )


class DataPool:
    """The data of all charts by column, each set of rows once, however many charts draw it."""

    def __init__(self) -> None:
        self.tables: dict[str, Any] = {}
        self._names: dict[str, str] = {}

    def add(self, rows: list[dict[str, Any]]) -> str:
        """Return the name under which the page holds these rows."""
        columns = list(dict.fromkeys(name for row in rows for name in row))
        packed = {"columns": columns, "values": [[row.get(name) for row in rows] for name in columns]}
        key = hashlib.sha256(json.dumps(packed, sort_keys=True).encode()).hexdigest()
        if key not in self._names:
            self._names[key] = f"d{len(self._names) + 1}"
            self.tables[self._names[key]] = packed
        return self._names[key]


@functools.cache
def vega_bundle() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script, in the version that Altair writes for."""
    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=vega_lite_version())


def _section(
    anchor: str,
    answer: Answer,
    numbers: Mapping[str, int],
    pool: DataPool,
    drawn: list[dict[str, Any]],
    most_rows: int | None,
) -> Section:
    figures = []
    for chart in answer.charts:
        element = ""
        if is_drawn(chart) and not is_empty(chart, answer.tables):
            found = specification(chart, answer.tables, titled=False)
            element = f"chart-{len(drawn) + 1}"
            data = {name: pool.add(rows) for name, rows in found.pop("datasets").items()}
            drawn.append({"element": element, "spec": found, "data": data})
        told = [] if is_drawn(chart) else paragraphs(chart, answer.tables)
        figures.append(Figure(element, chart.title, chart.unit, notes(chart), told))
    stems = table_stems(anchor, answer)
    tables = [(words(name), page_of(table, numbers, most_rows), stems[name]) for name, table in answer.tables.items()]
    return Section(anchor, answer, figures, tables, _assumed(answer))


def _assumed(answer: Answer) -> list[dict[str, str]]:
    """Return the assumed parameters as text; numbers as they are, since their digits are the assumption."""
    return [
        {str(name): "" if plain(value) is None else str(plain(value)) for name, value in item.items()}
        for item in answer.assumed
    ]


def _makers(answers: Sequence[Answer]) -> list[MadeBy]:
    """Return what made the answers, each command once."""
    found: list[MadeBy] = []
    for answer in answers:
        if answer.made_by not in found:
            found.append(answer.made_by)
    return found


def _policy(*scripts: str) -> str:
    """Return the Content-Security-Policy: no request at all, and these scripts only."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts
    )
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; "
        "connect-src 'none'; base-uri 'none'; form-action 'none'"
    )


def _inline_json(value: Any) -> str:
    """Return JSON that can stand in a script element: no character in it opens or ends an element."""
    found = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    for sign in "<>&\u2028\u2029":
        found = found.replace(sign, f"\\u{ord(sign):04x}")
    return found


def _packaged(name: str) -> str:
    return files("vado.report").joinpath("templates", name).read_text(encoding="utf-8")


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_packaged("report.html.j2"))
