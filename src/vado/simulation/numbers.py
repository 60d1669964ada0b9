"""Which numbers did a run use, and who says so: parameters, levers with their history, and numbers inside stations.

A number inside a station has no source of its own. It counts as assumed unless the station's note names a source of the
description.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from vado.network.draw_graph import DESCRIPTION
from vado.network.model import Change, Lever, Network, Parameter
from vado.network.stations import Choice, Described, Route, Source, Station
from vado.network.values import ByGroup, Dated, Number, Product, Value, parts

#: Defaults that leave everything as it would be without the attribute.
_NEUTRAL = (0.0, 1.0)

#: Stations that say the same and are named one by one.
_NAMED = 3

SET = "set for this run"
CHANGED = "changed for this run"


def numbers_used(network: Network, parameters: Mapping[str, Any], changed: Collection[str]) -> pd.DataFrame:
    """Return every parameter, lever and number of a station with its status and sources.

    Parameters
    ----------
    network
        The network that was run.
    parameters
        What was set for the run.
    changed
        The levers whose history was changed for the run.

    Returns
    -------
    pandas.DataFrame
        Columns ``name, sort, value, unit, status, low, high, note, source_id``.
    """
    rows = [
        _row(name, "parameter", parameter, parameters, network, note=parameter.note)
        for name, parameter in network.parameters.items()
    ]
    for name, lever in network.levers.items():
        notes = [CHANGED] if name in changed else []
        rows.append(_row(name, "lever", lever, parameters, network, note="; ".join([*notes, lever.note]).strip("; ")))
    for station in network.stations:
        cited = _named(station, network)
        status, source = ("quoted", ";".join(cited)) if cited else ("assumed", DESCRIPTION)
        rows += [
            (name, "station", text, unit, status, None, None, station.note, source)
            for name, text, unit in _plain(station, station.id)
        ]
    columns = ["name", "sort", "value", "unit", "status", "low", "high", "note", "source_id"]
    return pd.DataFrame(rows, columns=columns).astype({"low": float, "high": float})


def assumed(numbers: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the numbers that nobody published, those of one station together, and stations that say the same."""
    found = []
    unpublished = numbers[numbers["status"].isin(["assumed", "set"])]
    for row in unpublished[unpublished["sort"] != "station"].to_dict("records"):
        found.append({name: row[name] for name in ("name", "value", "unit", "note")})
    inside = unpublished[unpublished["sort"] == "station"]
    alike: dict[tuple[str, str], list[str]] = {}
    for station, rows in inside.groupby(inside["name"].str.partition(".")[0], sort=False):
        each = ", ".join(f"{row.name.partition('.')[2]} {_with_unit(row.value, row.unit)}" for row in _records(rows))
        alike.setdefault((each, rows["note"].iloc[0]), []).append(str(station))
    for (each, note), stations in alike.items():
        more = f" and {len(stations) - _NAMED} more" if len(stations) > _NAMED else ""
        name = f"station{'s' if len(stations) > 1 else ''} {', '.join(stations[:_NAMED])}{more}"
        found.append({"name": name, "value": each, "unit": "", "note": note})
    return found


def sources_of(network: Network, numbers: pd.DataFrame, file: str) -> list[dict[str, Any]]:
    """Return the description and every source of it that a number names."""
    named = {source for cell in numbers["source_id"] for source in cell.split(";")}
    about = {"publisher": "the description", "title": network.title or network.system, "published": None}
    own = {"source_id": DESCRIPTION, **about, "url": file or None, "licence": "not stated"}
    return [
        own,
        *(
            {"source_id": key, **reference.model_dump()}
            for key, reference in network.sources.items()
            if key in named and key != DESCRIPTION
        ),
    ]


def said(value: Value) -> str:
    """Return a value in few words: a number, a name, or the range over groups and dates.

    Examples
    --------
    >>> import datetime as dt
    >>> from vado.network.values import parse
    >>> said(parse({"HTI": 9, "other": {"steps": {dt.date(2021, 7, 1): 8, dt.date(2022, 1, 1): 12}}}))
    '8 to 12 by group and date'
    >>> said(parse("stop_rate * 0.5"))
    'stop_rate * 0.5'
    """
    if isinstance(value, Number):
        return f"{value.number:,.6g}"
    if isinstance(value, Product):
        return value.text
    inner = list(parts(value))
    texts = list(dict.fromkeys(part.text for part in inner if isinstance(part, Product)))
    numbers = [part.number for part in inner if isinstance(part, Number)]
    if numbers:
        low, high = min(numbers), max(numbers)
        texts.insert(0, f"{low:,.6g} to {high:,.6g}" if low < high else f"{low:,.6g}")
    axes = [
        word for kind, word in ((ByGroup, "group"), (Dated, "date")) if any(isinstance(part, kind) for part in inner)
    ]
    return f"{', '.join(texts)} by {' and '.join(axes)}"


def _with_unit(value: str, unit: str) -> str:
    return value if unit in ("1", "share") else f"{value} {unit}"


def _records(rows: pd.DataFrame) -> Iterator[Any]:
    return rows[["name", "value", "unit"]].itertuples(index=False)


def _row(
    name: str, sort: str, parameter: Parameter, parameters: Mapping[str, Any], network: Network, note: str
) -> tuple[Any, ...]:
    changes = parameter.changes if isinstance(parameter, Lever) else ()
    cited = [parameter.source, *(change.source for change in changes)]
    source = ";".join(dict.fromkeys(key for key in cited if key in network.sources and key)) or DESCRIPTION
    value, status = "; ".join([said(parameter.value), *map(_history, changes)]), str(parameter.status)
    if name in parameters:
        note = f"{SET}; the description has {value}"
        value, status, source = _given(parameters[name]), "set", DESCRIPTION
    return (name, sort, value, parameter.unit, status, parameter.low, parameter.high, note, source)


def _history(change: Change) -> str:
    until = f" to {change.ended}" if change.ended else ""
    return f"{said(change.value)} from {change.effective}{until}"


def _given(value: Any) -> str:
    numbers = np.asarray(value, dtype=np.float64)
    if numbers.ndim == 0:
        return f"{float(numbers):,.6g}"
    return f"{numbers.min():,.6g} to {numbers.max():,.6g} by {' and '.join(map(str, getattr(value, 'dims', ['draw'])))}"


def _named(station: Station, network: Network) -> list[str]:
    """Return the sources that a station's note names, by key, title or publisher."""
    return [
        key
        for key, reference in network.sources.items()
        if key in station.note or reference.title in station.note or reference.publisher in station.note
    ]


def _plain(part: Described, name: str) -> Iterator[tuple[str, str, str]]:
    """Yield name, value and unit of every plain number of a station and its parts."""
    for field, attribute, value in part.values():
        if _has_number(value) and not _has_no_effect(part, field, value):
            yield f"{name}.{field}", said(value), attribute.unit
    if isinstance(part, Source) and part.season:
        yield f"{name}.season", f"{min(part.season):g} to {max(part.season):g} by month", "1"
    if isinstance(part, Choice) and part.habit != Number(0.0):
        yield f"{name}.memory", f"{part.memory:g}", "days"
    for field in type(part).model_fields:
        inner = getattr(part, field)
        for item in inner if isinstance(inner, tuple) else ():
            if isinstance(item, Described):
                yield from _plain(item, f"{name}.{_label(item)}")


def _has_number(value: Value) -> bool:
    return any(
        isinstance(part, Number) or (isinstance(part, Product) and any(factor.name is None for factor in part.factors))
        for part in parts(value)
    )


def _has_no_effect(part: Described, field: str, value: Value) -> bool:
    if isinstance(part, Route) and field == "speed":
        return part.days is not None
    return field not in part.model_fields_set and isinstance(value, Number) and value.number in _NEUTRAL


def _label(part: Described) -> str:
    """Return the name of a part of a station: its id, what happens, what drives, or where it leads."""
    return next(str(name) for name in (getattr(part, key, None) for key in ("id", "name", "of", "to")) if name)
