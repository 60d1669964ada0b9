"""Charts: what an :class:`~vado.answer.Answer` describes, drawn in Vega-Lite.

One file a kind. :func:`draw` gives an Altair chart for notebooks, :func:`specification` the same as a mapping, for
report, page, PNG and SVG. Nothing is computed here but places, colours and formats.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from vado.answer import Chart
from vado.report.charts.bar import draw_bar
from vado.report.charts.drawing import Drawing, roles_of
from vado.report.charts.fan import draw_fan
from vado.report.charts.forest import draw_forest
from vado.report.charts.graph import draw_graph
from vado.report.charts.heatmap import draw_heatmap
from vado.report.charts.line import draw_line
from vado.report.charts.map import DISCLAIMER, draw_map
from vado.report.charts.theme import CONFIG, WIDTH

__all__ = ["draw", "is_drawn", "is_empty", "notes", "sheet", "specification"]

KINDS: dict[str, Callable[[Chart, Mapping[str, pd.DataFrame]], Drawing]] = {
    "fan": draw_fan,
    "line": draw_line,
    "bar": draw_bar,
    "forest": draw_forest,
    "map": draw_map,
    "heatmap": draw_heatmap,
    "graph": draw_graph,
}
#: What a specification keeps where it is one of several.
_OF_A_PART = ("title", "width", "height", "view", "projection", "layer", "data", "encoding")
#: The roles of which a row needs at least one to be drawn.
_DRAWN = {"fan": ["median"], "line": ["y"], "bar": ["y"], "map": ["latitude"], "heatmap": ["value"], "graph": ["name"]}


def is_drawn(chart: Chart) -> bool:
    """Return whether a chart is a picture; a text with marks is shown as text."""
    return chart.kind in KINDS


def is_empty(chart: Chart, tables: Mapping[str, pd.DataFrame]) -> bool:
    """Return whether a chart has nothing to draw: no row that it keeps has a value."""
    frame = roles_of(chart, tables)
    roles = _DRAWN.get(chart.kind) or [role for role in ("x", "low", "high") if role in frame]
    return not bool(frame[roles].notna().any(axis=None))


def notes(chart: Chart) -> list[str]:
    """Return the sentences that belong under a chart: its own, the key to its colours, a map's disclaimer."""
    found = [chart.note] if chart.note else []
    if chart.kind == "fan" and chart.overlay:
        found.append("Black: observed before the first month of the forecast; orange: observed after.")
    if chart.kind == "graph" and chart.overlay:
        found.append("Dashed: leads back.")
    if "step" in chart.columns:
        found.append(f"One {chart.columns['step']} is shown, the last to begin with.")
    if chart.kind == "map":
        found.append(DISCLAIMER)
    return found


def specification(chart: Chart, tables: Mapping[str, pd.DataFrame], *, titled: bool = True) -> dict[str, Any]:
    """Return a chart as a Vega-Lite specification with all its data.

    Parameters
    ----------
    chart
        What to draw; it must not be empty (:func:`is_empty`).
    tables
        The tables of the chart's answer.
    titled
        Whether title and notes are drawn; a page that prints them as text leaves them out.

    Returns
    -------
    dict
        With ``datasets`` (``rows``, and ``boundaries`` for maps), and under ``usermeta.vado`` what a page needs to
        fit it to its width: the fields of the same name of :class:`~vado.report.charts.drawing.Drawing`.

    Raises
    ------
    BadValueError
        If rows would hide each other.
    """
    drawing = KINDS[chart.kind](chart, tables)
    found: dict[str, Any] = drawing.chart.to_dict()
    columns = max(1, (WIDTH - drawing.indent) // drawing.legend) if drawing.legend else None
    legend = {**CONFIG["legend"], "offset": 30 if drawing.raised else 16} | ({"columns": columns} if columns else {})
    found["config"] = {**CONFIG, "legend": legend}
    if drawing.panels:
        # Panels are aligned by their plots, and the lowest axis stands outside of what is measured.
        found["padding"] = {"left": 6, "top": 6, "right": 6, "bottom": 16}
    found["description"] = f"{chart.title}. {' '.join(notes(chart))}".strip()
    # The data come after Altair's validation, which takes seconds on ten thousand rows and says nothing of them.
    found["datasets"] = {"rows": drawing.rows, **drawing.more}
    found["usermeta"] = {
        "vado": {
            "panels": drawing.panels,
            "gutter": drawing.gutter,
            "fixed": drawing.fixed,
            "indent": drawing.indent,
            "minimum": drawing.minimum,
            "legend": drawing.legend,
        }
    }
    if titled:
        unit = [f"in {chart.unit}"] if chart.unit and drawing.panels else []
        below = [*unit, *(line for note in notes(chart) for line in textwrap.wrap(note, WIDTH // 7))]
        found["title"] = {"text": textwrap.wrap(chart.title, WIDTH // 9), **({"subtitle": below} if below else {})}
    return found


def sheet(charts: Sequence[Chart], tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Return charts below each other as one Vega-Lite specification, each with its title, notes and scales.

    Parameters
    ----------
    charts
        What to draw, of kinds whose layout is fixed (graphs and maps); none may be empty.
    tables
        The tables of the charts' answer.

    Raises
    ------
    BadValueError
        If rows would hide each other.
    """
    parts: list[dict[str, Any]] = []
    data: dict[str, Any] = {}
    for number, chart in enumerate(charts, 1):
        whole = specification(chart, tables)
        data |= {f"{name}_{number}": rows for name, rows in whole["datasets"].items()}
        kept = {key: value for key, value in whole.items() if key in _OF_A_PART}
        parts.append(_data_renamed(kept, set(whole["datasets"]), number))
    scales = ("color", "fill", "stroke", "shape", "size", "strokeDash")
    return {
        "$schema": alt.SCHEMA_URL,
        "description": ". ".join(chart.title for chart in charts),
        "vconcat": parts,
        "spacing": 36,
        "resolve": {what: dict.fromkeys(scales, "independent") for what in ("scale", "legend")},
        "config": {**CONFIG, "legend": {**CONFIG["legend"], "offset": 16}},
        "datasets": data,
    }


def _data_renamed(part: Any, names: set[str], number: int) -> Any:
    """Return a part of a specification whose data are named by its number, since all parts share one set of names."""
    if isinstance(part, list):
        return [_data_renamed(item, names, number) for item in part]
    if not isinstance(part, dict):
        return part
    found = {key: _data_renamed(value, names, number) for key, value in part.items()}
    if isinstance(part.get("data"), dict) and part["data"].get("name") in names:
        found["data"] = {**part["data"], "name": f"{part['data']['name']}_{number}"}
    return found


def draw(chart: Chart, tables: Mapping[str, pd.DataFrame]) -> alt.LayerChart | alt.FacetChart:
    """Return a chart in Altair's own class, with its data, for a notebook; see :func:`specification`."""
    found = specification(chart, tables)
    family = alt.FacetChart if "facet" in found else alt.LayerChart
    drawn: alt.LayerChart | alt.FacetChart = family.from_dict(found, validate=False)
    return drawn
