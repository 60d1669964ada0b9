"""A chart as PNG or SVG, drawn by vl-convert inside the process: no browser, no network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair
import pandas as pd
import vl_convert

from vado.answer import Chart
from vado.report.charts import specification

#: Pixels a point: sharp on paper and on dense screens.
SCALE = 2.0


def vega_lite_version() -> str:
    """Return the version of Vega-Lite that Altair writes, in vl-convert's words (``"6.4"``)."""
    return ".".join(altair.SCHEMA_VERSION.lstrip("v").split(".")[:2])


def png(chart: Chart, tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Return a chart as a PNG picture, :data:`SCALE` pixels a point."""
    return png_of(svg(chart, tables))


def svg(chart: Chart, tables: Mapping[str, pd.DataFrame]) -> str:
    """Return a chart as SVG text."""
    return svg_of(specification(chart, tables))


def png_of(drawn: str) -> bytes:
    """Return SVG text as PNG; drawing the chart anew would take twice the time."""
    return vl_convert.svg_to_png(drawn, scale=SCALE)


def svg_of(vega_lite: Mapping[str, Any]) -> str:
    """Return a specification as SVG."""
    return vl_convert.vegalite_to_svg(dict(vega_lite), vl_version=vega_lite_version(), allowed_base_urls=[])
