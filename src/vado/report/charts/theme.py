"""How all charts look: one calm theme, colours that colour-blind readers tell apart, numbers with separators."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

#: Width of a whole chart, axes and all [pixels].
WIDTH = 860
#: Longest name beside a row; longer ones are cut and stand whole in the tooltip [pixels].
LABEL_LIMIT = 330
TEXT = "#1f2933"
MUTED = "#52606d"
GRID = "#e4e8ec"
ACCENT = "#0b5fa5"
CONTRAST = "#c44e00"
FONT = "'Liberation Sans', Arial, Helvetica, sans-serif"

#: Ten colours, distinct to the common kinds of colour blindness in this order, each readable on white.
PALETTE = (
    "#0b5fa5",
    "#c44e00",
    "#00866a",
    "#8e4fb0",
    "#a67c00",
    "#3fa0dc",
    "#c2185b",
    "#52606d",
    "#7a4b1d",
    "#5f8f00",
)
SHAPES = ("circle", "diamond", "square", "triangle-up", "cross")
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 1])

CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": "white",
    "padding": 6,
    "view": {"stroke": None},
    "title": {
        "anchor": "start",
        "color": TEXT,
        "fontSize": 16,
        "fontWeight": 600,
        "frame": "bounds",
        "offset": 14,
        "subtitleColor": MUTED,
        "subtitleFontSize": 12.5,
        "subtitleLineHeight": 17,
        "subtitlePadding": 6,
    },
    "axis": {
        "domainColor": "#9aa5b1",
        "gridColor": GRID,
        "labelColor": TEXT,
        "labelFontSize": 12,
        "labelOverlap": True,
        "tickColor": "#9aa5b1",
        "titleColor": MUTED,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    },
    "axisX": {"grid": False, "titlePadding": 10, "labelPadding": 4},
    "axisY": {"domain": False, "ticks": False, "tickCount": 5, "labelPadding": 6, "labelLimit": LABEL_LIMIT},
    "header": {
        "labelAnchor": "start",
        "labelColor": TEXT,
        "labelFontSize": 13,
        "labelFontWeight": 600,
        "labelPadding": 6,
        "title": None,
    },
    "legend": {
        "orient": "top",
        "direction": "horizontal",
        "labelColor": TEXT,
        "labelFontSize": 12,
        "labelLimit": 230,
        "symbolSize": 90,
        "symbolStrokeWidth": 2,
        "titleColor": MUTED,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "columnPadding": 16,
        "rowPadding": 4,
        "offset": 16,
        "title": None,
    },
    "text": {"color": TEXT, "fontSize": 12},
}

#: Labels of a numeric axis: separators below a million, "1.5 M" from there on.
NUMBER_LABEL = (
    "abs(datum.value) >= 1e6 ? format(datum.value / 1e6, ',.3~r') + ' M'"
    " : abs(datum.value) >= 1000 ? format(datum.value, ',.0f') : format(datum.value, '~g')"
)


def colors(names: Iterable[object]) -> list[str]:
    """Return a colour a name; after ten names they start again, and shapes or dashes must differ."""
    return [PALETTE[i % len(PALETTE)] for i, _ in enumerate(names)]


def shapes(names: Iterable[object]) -> list[str]:
    """Return a point's shape a name, the same one for each ten."""
    return [SHAPES[i // len(PALETTE) % len(SHAPES)] for i, _ in enumerate(names)]


def dashes(names: Iterable[object]) -> list[list[int]]:
    """Return a line's dashes a name, the same ones for each ten."""
    return [DASHES[i // len(PALETTE) % len(DASHES)] for i, _ in enumerate(names)]


def text_width(names: Iterable[object]) -> int:
    """Return the width of the longest name [pixels]; a letter of 12 points is about 6.6 wide."""
    return round(6.6 * max((len(str(name)) for name in names), default=0))


def legend_entry(names: Iterable[object]) -> int:
    """Return the room for one entry of a legend of these names [pixels]: symbol, longest name, gap."""
    return min(230, text_width(names)) + 44
