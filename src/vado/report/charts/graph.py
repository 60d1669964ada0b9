"""Graph: boxes with names, joined by arrows from left to right; arrows that lead back are drawn apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from vado.answer import Chart
from vado.report.charts.drawing import ROWS, Drawing, Row, check_unique, link_ends, records, roles_of, tooltips
from vado.report.charts.layers import Layout, Line, lay_out
from vado.report.charts.theme import FONT, MUTED, TEXT, colors
from vado.report.values import ordered_text, text

LINKS, HEADS, LABELS = "links", "heads", "labels"
#: Longest line of a name or a label; longer ones are broken, and what is still longer is cut [characters].
LONGEST_LINE, LONGEST = 14, 28
#: Size, width of a letter and height of a line: of names, and of what stands below them and on arrows [pixels].
NAME, NAME_LETTER, NAME_LINE = 12.0, 6.8, 14.0
DETAIL, DETAIL_LETTER, DETAIL_LINE = 10.5, 5.4, 12.0
#: Free room around the graph, and length of an arrow's head [pixels].
MARGIN, HEAD = 12.0, 7.0
LINE = "#8a97a5"


def draw_graph(chart: Chart, tables: Mapping[str, pd.DataFrame]) -> Drawing:
    """Return boxes and arrows.

    Raises
    ------
    BadValueError
        If two boxes have one name, an arrow leads to a name that is not there, or arrows form a circle.
    """
    frame = roles_of(chart, tables)
    check_unique(chart, frame, ("name",))
    links = link_ends(chart, tables, frame["name"].map(text).tolist())
    names = [broken(name) for name in frame["name"].map(text)]
    details = [broken(detail) for detail in frame["detail"].map(text)] if "detail" in frame else [""] * len(frame)
    sizes = [_size(name, detail) for name, detail in zip(names, details, strict=True)]
    number = {name: index for index, name in enumerate(frame["name"].map(text))}
    lines = [
        Line(number[start], number[end], back, _label_size(label) if label else None)
        for start, end, back, label in zip(
            links["start"], links["end"], links["back"].tolist(), links["label"], strict=True
        )
    ]
    layout = lay_out(sizes, lines)
    rows = _boxes(frame, sizes, names, details, layout)
    more = {LINKS: _points(links, layout), HEADS: _heads(links, layout), LABELS: _labels(links, layout)}
    width, height = layout.width + 2 * MARGIN, layout.height + 2 * MARGIN
    chart_drawn = alt.layer(*_layers(chart, frame, width, height)).properties(width=width, height=height)
    return Drawing(chart_drawn, rows, fixed=True, minimum=round(width), more=more)


def broken(words: str) -> str:
    r"""Return words on two lines where they are long, broken where that makes the shortest lines; cut where too long.

    >>> broken("san_luis_potosi_road")
    'san_luis_\npotosi_road'
    """
    words = words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
    places = [place for place in range(1, len(words)) if words[place - 1] in "_-. :"]
    if len(words) <= LONGEST_LINE or not places:
        return words
    best = min(places, key=lambda place: max(place, len(words) - place))
    return f"{words[:best].rstrip()}\n{words[best:]}"


def _extent(words: str, letter: float, line: float) -> tuple[float, float]:
    lines = words.split("\n")
    return letter * max(map(len, lines)), line * len(lines) if words else 0.0


def _size(name: str, detail: str) -> tuple[float, float]:
    (width, height), (below, more) = _extent(name, NAME_LETTER, NAME_LINE), _extent(detail, DETAIL_LETTER, DETAIL_LINE)
    return max(width, below) + 14, height + more + 9


def _label_size(label: str) -> tuple[float, float]:
    width, height = _extent(broken(label), DETAIL_LETTER, DETAIL_LINE)
    return width + 6, height


def _boxes(
    frame: pd.DataFrame, sizes: list[tuple[float, float]], names: list[str], details: list[str], layout: Layout
) -> list[Row]:
    rows = records(frame)
    for row, (x, y), (width, height), name, detail in zip(rows, layout.boxes, sizes, names, details, strict=True):
        row |= _edges(x, y, width, height)
        row |= {"middle": x + MARGIN, "name_shown": name, "detail_shown": detail}
        # Texts hang from their upper edge, so that lines of both sizes stand one below the other.
        row["name_y"] = row["top"] + 5.5
        row["detail_y"] = row["name_y"] + _extent(name, NAME_LETTER, NAME_LINE)[1]
    return rows


def _edges(x: float, y: float, width: float, height: float) -> Row:
    x, y = x + MARGIN, y + MARGIN
    return {"left": x - width / 2, "right": x + width / 2, "top": y - height / 2, "bottom": y + height / 2}


def _points(links: pd.DataFrame, layout: Layout) -> list[Row]:
    """Return the points of all lines; a line ends before its head."""
    return [
        {"line": line, "order": order, "x": x + MARGIN, "y": y + MARGIN, "back": back}
        for line, (back, path) in enumerate(zip(links["back"].tolist(), layout.paths, strict=True))
        for order, (x, y) in enumerate([*path[:-1], (path[-1][0] + (HEAD if back else -HEAD), path[-1][1])])
    ]


def _heads(links: pd.DataFrame, layout: Layout) -> list[Row]:
    rows: list[Row] = []
    for start, end, label, back, path in zip(
        links["start"], links["end"], links["label"], links["back"].tolist(), layout.paths, strict=True
    ):
        x, y = path[-1]
        shape, aside = ("triangle-left", HEAD / 2) if back else ("triangle-right", -HEAD / 2)
        place = {"x": x + aside + MARGIN, "y": y + MARGIN, "shape": shape}
        rows.append({"start": start, "end": end, "label": label, "back": back, **place})
    return rows


def _labels(links: pd.DataFrame, layout: Layout) -> list[Row]:
    return [
        {"label": broken(label), "middle": place[0] + MARGIN, **_edges(*place, *_label_size(label))}
        for label, place in zip(links["label"], layout.labels, strict=True)
        if place is not None
    ]


def _layers(chart: Chart, frame: pd.DataFrame, width: float, height: float) -> list[alt.Chart | alt.LayerChart]:
    def x(name: str) -> alt.X:
        scale = alt.Scale(domain=[0, width], nice=False, zero=False)
        return alt.X(name, type="quantitative", scale=scale, axis=None)

    def y(name: str) -> alt.Y:
        scale = alt.Scale(domain=[height, 0], nice=False, zero=False)
        return alt.Y(name, type="quantitative", scale=scale, axis=None)

    lines = alt.Chart(alt.NamedData(name=LINKS)).encode(
        x=x("x"), y=y("y"), detail="line:N", order=alt.Order("order", type="quantitative"), tooltip=alt.value(None)
    )
    heads = alt.Chart(alt.NamedData(name=HEADS)).encode(
        x=x("x"), y=y("y"), shape=alt.Shape("shape", type="nominal", scale=None)
    )
    layers: list[alt.Chart | alt.LayerChart] = []
    for keep, color, dash in (("!datum.back", LINE, [1, 0]), ("datum.back", TEXT, [5, 3])):
        layers.append(
            lines.transform_filter(keep).mark_line(
                interpolate="monotone", color=color, strokeWidth=1.4, strokeDash=dash
            )
        )
        tips = [alt.Tooltip(field=name, type="nominal") for name in ("start", "end", "label")]
        layers.append(
            heads.transform_filter(keep).mark_point(filled=True, color=color, size=44, opacity=1).encode(tooltip=tips)
        )
    boxes = alt.Chart(alt.NamedData(name=ROWS))
    rectangles = boxes.encode(x=x("left"), x2="right", y=y("top"), y2="bottom", tooltip=tooltips(frame, chart.columns))
    # White below the tint, so that no line shines through a box.
    layers.append(rectangles.mark_rect(cornerRadius=5, fill="white"))
    layers.append(rectangles.mark_rect(cornerRadius=5, fillOpacity=0.16, strokeWidth=1.4).encode(**_color(frame)))
    layers.append(
        _written(boxes, NAME, NAME_LINE, fontWeight=600).encode(x=x("middle"), y=y("name_y"), text="name_shown:N")
    )
    layers.append(_written(boxes, DETAIL, DETAIL_LINE).encode(x=x("middle"), y=y("detail_y"), text="detail_shown:N"))
    labels = alt.Chart(alt.NamedData(name=LABELS))
    layers.append(labels.mark_rect(fill="white").encode(x=x("left"), x2="right", y=y("top"), y2="bottom"))
    layers.append(_written(labels, DETAIL, DETAIL_LINE).encode(x=x("middle"), y=y("top"), text="label:N"))
    return layers


def _written(base: alt.Chart, size: float, line: float, **more: Any) -> alt.Chart:
    color = TEXT if size == NAME else MUTED
    drawn: alt.Chart = base.mark_text(
        font=FONT, fontSize=size, color=color, baseline="top", lineBreak="\n", lineHeight=line, tooltip=False, **more
    )
    return drawn


def _color(frame: pd.DataFrame) -> dict[str, Any]:
    if "color" not in frame:
        return {"fill": alt.value(MUTED), "stroke": alt.value(MUTED)}
    names = ordered_text(frame["color"])
    scale = alt.Scale(domain=names, range=colors(names))
    legend = alt.Legend(title=None, symbolType="square", symbolOpacity=0.6, columns=len(names), orient="top")
    return {
        "fill": alt.Fill("color", type="nominal", scale=scale, legend=legend),
        "stroke": alt.Stroke("color", type="nominal", scale=scale, legend=None),
    }
