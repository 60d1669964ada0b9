"""Where the stations of a description stand, and which places its ways join: two tables for a map."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from vado.network.draw_graph import DESCRIPTION, Figures
from vado.network.model import Network
from vado.network.stations import Route, Sink, Source


def map_tables(network: Network) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the places with what stands there, and the pairs of places that ways join.

    Parameters
    ----------
    network
        A description whose ways all lead to a station and whose stations all stand at a place.

    Returns
    -------
    places : DataFrame
        ``place, name, latitude, longitude, stations, part, source_id``, in the order of the description; coordinates
        are missing where the description has none, ``stations`` is their number, ``part`` says whether people set out
        or leave the system there, or both.
    links : DataFrame
        ``start, end, ways, label, source_id`` by the keys of two different places; ``label`` is the mean travel time of
        each route among the ways, empty where people pass on the same day.
    """
    count = Counter(station.place for station in network.stations)
    first = {station.place for station in network.stations if isinstance(station, Source)}
    last = {station.place for station in network.stations if isinstance(station, Sink)}
    parts = {(True, False): "people set out", (False, True): "people leave", (True, True): "both"}
    places = [
        (key, p.name, p.latitude, p.longitude, count[key], parts.get((key in first, key in last), "on the way"))
        for key, p in network.places.items()
    ]
    columns = ["place", "name", "latitude", "longitude", "stations", "part"]
    frame = pd.DataFrame(places, columns=columns).astype({"latitude": float, "longitude": float})
    return frame.assign(source_id=DESCRIPTION), _links(network)


def _links(network: Network) -> pd.DataFrame:
    figures = Figures(network)
    found: dict[tuple[str, str], list[str]] = {}
    for station, _, to in network.edges():
        pair = station.place, network.station(to).place
        if pair[0] != pair[1]:
            found.setdefault(pair, []).append(figures.days(station) if isinstance(station, Route) else "")
    rows = [
        (start, end, len(days), "; ".join(dict.fromkeys(filter(None, days))), DESCRIPTION)
        for (start, end), days in found.items()
    ]
    return pd.DataFrame(rows, columns=["start", "end", "ways", "label", "source_id"])
