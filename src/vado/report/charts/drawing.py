"""The middle between a table and a Vega-Lite chart: rows named by role, and the drawing they become.

Every kind of chart renames the columns it draws to their roles, so that no column's name can clash with
Vega's syntax, and so that only what is drawn travels into the report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import altair as alt
import pandas as pd

from vado.answer import Chart
from vado.errors import BadValueError
from vado.report.charts.theme import NUMBER_LABEL, WIDTH
from vado.report.values import column_kind, plain, rows_where, text, words

Row = dict[str, Any]

#: Name of the rows of a chart in its specification, until they get one that charts can share.
ROWS = "rows"


@dataclass(frozen=True)
class Drawing:
    """A chart without its data: marks, rows, and how it fits a narrower page.

    Parameters
    ----------
    chart
        Layers, or layers in facets, over the data named :data:`ROWS` and those in ``more``.
    rows
        What is drawn, by role.
    panels
        Facets side by side; 0 is a single plot, whose width follows the page.
    gutter
        Room that a facet's axis takes beside its plot [pixels].
    fixed
        The layout was computed for one width and must not be stretched (maps).
    indent
        Room for the names beside the rows, left of the plot and its legend [pixels].
    minimum
        Width below which the plot, or one panel, is not readable; narrower pages scroll it [pixels].
    legend
        Room for one entry of the legend [pixels]; 0 where there is none.
    raised
        Whether a title stands above the vertical axis, so that the legend keeps clear of it.
    more
        Further data by name.
    """

    chart: alt.LayerChart | alt.FacetChart
    rows: list[Row]
    panels: int = 0
    gutter: int = 0
    fixed: bool = False
    indent: int = 0
    minimum: int = 0
    legend: int = 0
    raised: bool = False
    more: Mapping[str, list[Row]] = field(default_factory=dict)


def roles_of(chart: Chart, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the rows that a chart draws, columns named by role."""
    table = rows_where(tables[chart.table], chart.where)
    return pd.DataFrame({role: table[column] for role, column in chart.columns.items()})


def link_ends(chart: Chart, tables: Mapping[str, pd.DataFrame], names: Sequence[str]) -> pd.DataFrame:
    """Return the arrows that a chart lays over its rows: ``start, end, label, back``, none without an overlay.

    Raises
    ------
    BadValueError
        If an arrow starts or ends at a name that the chart's rows do not have.
    """
    table = tables[chart.overlay] if chart.overlay else pd.DataFrame({"start": [], "end": []})
    label = table["label"].map(text) if "label" in table else ""
    back = table["back"].astype(bool) if "back" in table else False
    found = pd.DataFrame({"start": table["start"].map(text), "end": table["end"].map(text)})
    unknown = sorted({*found["start"], *found["end"]} - set(names))
    if unknown:
        raise BadValueError(f"chart {chart.title!r} has an arrow at {unknown[0]!r}, which table {chart.table!r} lacks")
    return found.assign(label=label, back=back)


def records(frame: pd.DataFrame) -> list[Row]:
    """Return a frame as rows that JSON knows; missing cells are left out."""
    columns = {str(name): [plain(value) for value in frame[name]] for name in frame.columns}
    names = list(columns)
    return [
        {name: value for name, value in zip(names, values, strict=True) if value is not None}
        for values in zip(*columns.values(), strict=True)
    ]


def check_unique(chart: Chart, frame: pd.DataFrame, roles: Sequence[str]) -> None:
    """Refuse a chart that would draw two rows on one spot, one hiding the other.

    Raises
    ------
    BadValueError
        If two rows have the same cells in all ``roles`` that the frame has.
    """
    present = [role for role in roles if role in frame.columns]
    twice = frame[present].map(text).duplicated()
    if twice.any():
        where = ", ".join(f"{chart.columns[r]}={text(frame.loc[twice, r].iloc[0])}" for r in present)
        raise BadValueError(
            f"chart {chart.title!r} draws several rows of table {chart.table!r} on one spot ({where}); "
            "name the column that tells them apart, or keep one with `where`"
        )


def number_format(column: pd.Series[Any]) -> str:
    """Return the d3 format in which a tooltip shows a column: separators, and digits by size."""
    largest = pd.to_numeric(column, errors="coerce").abs().max()
    whole = all(float(value).is_integer() for value in column.dropna() if not isinstance(value, str))
    return ",.0f" if whole or largest >= 1000 else ",.1f" if largest >= 100 else ",.3~r"


def tooltips(
    frame: pd.DataFrame, names: Mapping[str, str], date_format: str = "%d %B %Y", skip: Sequence[str] = ()
) -> list[alt.Tooltip]:
    """Return a tooltip a role, titled as the column it comes from."""
    shown = []
    for role in frame.columns:
        if role in skip:
            continue
        title = words(names.get(str(role), str(role)))
        kind = column_kind(frame[role].rename(names.get(str(role), str(role))))
        # Dates that are drawn as words stay words: naming them dates would make Vega read them anew.
        if pd.api.types.is_datetime64_any_dtype(frame[role]):
            shown.append(alt.Tooltip(field=str(role), type="temporal", format=date_format, title=title))
        elif kind == "number":
            number = number_format(frame[role])
            shown.append(alt.Tooltip(field=str(role), type="quantitative", format=number, title=title))
        else:
            shown.append(alt.Tooltip(field=str(role), type="nominal", title=title))
    return shown


def value_axis(title: str | None, **settings: Any) -> alt.Axis:
    """Return a vertical axis of counts, its title set flat above it, where it is read first."""
    flat: dict[str, Any] = {}
    if title:
        flat = {
            "titleAngle": 0,
            "titleAlign": "left",
            "titleAnchor": "end",
            "titleBaseline": "bottom",
            "titleX": 0,
            "titleY": -8,
        }
    # Without a title the plot is one of several: a flush label keeps the titles of a row at one height.
    return alt.Axis(title=title or None, labelExpr=NUMBER_LABEL, labelFlush=not title, **flat, **settings)


def label_gutter(column: pd.Series[Any]) -> int:
    """Return the room for the labels of a vertical axis of these numbers [pixels]."""
    largest = float(pd.to_numeric(column, errors="coerce").abs().max())
    digits = 5 if largest >= 1e6 or largest < 1000 else len(f"{largest:,.0f}")
    return 16 + 7 * digits


def single(layers: Sequence[alt.Chart | alt.LayerChart], height: int, rows: list[Row], **room: Any) -> Drawing:
    """Return layers as one plot, as wide as the page; ``room`` is for :class:`Drawing`."""
    chart = alt.layer(*layers).properties(
        width=WIDTH, height=height, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
    return Drawing(chart, rows, **room)


def faceted(
    layers: Sequence[alt.Chart | alt.LayerChart],
    order: Sequence[str],
    height: int,
    rows: list[Row],
    gutter: int,
    *,
    data: alt.NamedData,
    panels: int = 3,
    shared: Sequence[str] = ("x",),
    below: int = 76,
    **room: Any,
) -> Drawing:
    """Return layers as small multiples, one a name in ``order``; axes not ``shared`` have their own scale.

    Plots are aligned by their own edges, whatever their labels need: ``gutter`` left of each and ``below`` under
    it, the next title included, are kept free [pixels]. ``room`` is for :class:`Drawing`.
    """
    # A layer with data of its own would show all rows in each panel.
    layers = [layer.copy(deep=False) for layer in layers]
    for layer in layers:
        layer.data = alt.Undefined
    columns = min(panels, len(order))
    width = WIDTH // columns - gutter - 16
    scales: dict[str, Any] = {axis: "shared" if axis in shared else "independent" for axis in ("x", "y")}
    chart = (
        alt.layer(*layers, data=data)
        .properties(width=width, height=height)
        .facet(
            facet=alt.Facet("facet:N", sort=list(order), title=None, header=alt.Header(labelLimit=width + gutter)),
            columns=columns,
            spacing=alt.RowColnumber(row=below, column=gutter + 16),
            bounds="flush",
        )
        .resolve_scale(**scales)
        # Axes drawn once a column would be missing under the last row's empty places.
        .resolve_axis(x="independent", y="independent")
    )
    return Drawing(chart, rows, panels=columns, gutter=gutter + 16, **room)
