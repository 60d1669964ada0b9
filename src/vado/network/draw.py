"""What does a description say, at a glance: its stations and ways as a graph, its places as a map.

The result is an :class:`~vado.answer.Answer` like any other: tables of what the description holds and charts over
them, which the terminal, the report and the pictures know how to show.
"""

from __future__ import annotations

import datetime as dt
import platform
from collections import Counter
from importlib import metadata
from typing import Literal

import pandas as pd

from vado.answer import Answer, Chart, MadeBy
from vado.errors import BadValueError
from vado.network.draw_graph import DESCRIPTION, graph_tables, parameters_read, several
from vado.network.draw_map import map_tables
from vado.network.model import Network
from vado.network.values import dump

FIRST_DAY = "Figures are those of the first day, departures before season and drivers; a range is over groups."


def drawing(
    network: Network,
    *,
    only: Literal["graph", "map"] | None = None,
    file: str = "",
    command: str = "vado draw",
) -> Answer:
    """Return a description as tables and charts.

    Parameters
    ----------
    network
        A description that can run.
    only
        The one chart to draw; both if not given.
    file
        Where it was read from, for the list of sources.
    command
        What was typed, for the record.

    Returns
    -------
    Answer
        Tables ``stations``, ``ways``, ``places`` and ``links``; a chart of kind ``graph``, and one of kind ``map``
        where a place has coordinates.

    Raises
    ------
    BadValueError
        If only the map is to be drawn and no place has coordinates.
    UnknownNameError
        If a way, a place or a parameter is named that the description does not have.
    """
    stations, ways = graph_tables(network)
    places, links = map_tables(network)
    unplaced = places.loc[places["latitude"].isna() | places["longitude"].isna(), "name"].tolist()
    missing = f"Not on the map, for want of coordinates: {', '.join(unplaced)}." if unplaced else ""
    title = network.title or network.system
    if only == "map" and len(unplaced) == len(places):
        raise BadValueError(f"no place of {network.system} has a latitude and a longitude; add them, or draw the graph")
    charts = [
        Chart(
            "graph",
            "stations",
            f"{title}: stations and ways",
            {"name": "station", "color": "kind", "detail": "detail", "place": "place", "reads": "reads"},
            overlay="ways",
            note=f"Left to right in the order in which people meet the stations. {FIRST_DAY}",
        ),
        Chart(
            "map",
            "places",
            f"{title}: places",
            {
                "latitude": "latitude",
                "longitude": "longitude",
                "size": "stations",
                "color": "part",
                "label": "name",
                "name": "place",
            },
            overlay="links",
            unit="stations",
            note=f"Arrows join places between which a way leads. {missing}".strip(),
        ),
    ]
    return Answer(
        question=f"What does the description {network.system} say?",
        as_of=dt.date.today(),
        summary=_summary(network, stations, ways, len(places)),
        tables={"stations": stations, "ways": ways, "places": places, "links": links},
        charts=[
            chart
            for chart in charts
            if only in (None, chart.kind) and (chart.kind != "map" or len(unplaced) < len(places))
        ],
        sources=[
            {
                "source_id": DESCRIPTION,
                "publisher": "the description",
                "title": title,
                "url": file or None,
                "licence": "not stated",
            }
        ],
        assumed=_assumed(network),
        caveats=[
            "The drawing shows which ways there are, not how many people take them.",
            FIRST_DAY,
            *([missing] if missing else []),
        ],
        made_by=MadeBy(command, None, {"vado": metadata.version("vado"), "python": platform.python_version()}),
    )


def _summary(network: Network, stations: pd.DataFrame, ways: pd.DataFrame, places: int) -> list[str]:
    kinds = Counter(stations["kind"])
    by_kind = ", ".join(several(count, kind) for kind, count in kinds.items())
    back = int(ways["back"].sum())
    leading = f", {back} of which {'leads' if back == 1 else 'lead'} back" if back else ""
    groups = several(len(network.group_names), "group")
    found = [
        f"{several(len(stations), 'station')} at {several(places, 'place')}: {by_kind}.",
        f"{several(len(ways), 'way')}{leading}; {groups} pass{'es' if len(network.group_names) == 1 else ''} through.",
    ]
    if network.levers:
        found.append(f"Governments control {', '.join(network.levers)}.")
    return found


def _assumed(network: Network) -> list[dict[str, str]]:
    """Return the parameters that stations read and nobody published."""
    read = dict.fromkeys(name for station in network.stations for name in parameters_read(station))
    return [
        {"name": name, "value": str(dump(found.value)), "unit": found.unit, "note": found.note}
        for name, found in ((name, network.parameter(name)) for name in read)
        if found.status == "assumed"
    ]
