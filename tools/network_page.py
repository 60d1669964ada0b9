"""The reference page of the network language, made from the schema that validation and the engine read.

Every attribute of every part of a description comes with its type, unit, range, default and meaning, and every kind
of station with its law and with a whole description from ``docs/examples/`` that a test reads and runs.
"""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from vado.network.model import Change, Counter, Groups, Lever, Network, Parameter, Place, Reference
from vado.network.stations import (
    STATIONS,
    Attribute,
    ChoiceWay,
    Convoy,
    Described,
    Driver,
    OutcomeWay,
    Station,
)
from vado.network.units import UNITS
from vado.network.values import Value, dump

EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"

#: Parts of a description below its top level, each with its heading.
SECTIONS: dict[str, type[Described]] = {
    "A source of `sources`": Reference,
    "A place of `places`": Place,
    "`groups`": Groups,
    "A parameter of `parameters`": Parameter,
    "A lever of `levers`": Lever,
    "A change of a lever's `changes`": Change,
    "A counter of `counters`": Counter,
}
#: Parts of a station, by its kind, each with its heading.
PARTS: dict[str, dict[str, type[Described]]] = {
    "source": {"A driver of `drivers`": Driver, "A convoy of `convoys`": Convoy},
    "choice": {"A way of `ways`": ChoiceWay},
    "outcome": {"A way of `ways`": OutcomeWay},
}
#: What a counter can count at a station of each kind.
EVENTS = {
    "source": "`departed`",
    "route": "`departed` (set out on it), `arrived`",
    "choice": "`arrived`, and for each way the station that it leads to",
    "checkpoint": "`arrived`, `stopped`, `passed`",
    "queue": "`arrived`, `served`, and `gave_up` where it leads somewhere",
    "outcome": "`arrived`, and for each way its name, or without one the station that it leads to",
    "sink": "`arrived`",
}
_HEADER = "| name | type | unit | range | default | meaning |\n|---|---|---|---|---|---|"
_TYPES = {str: "text", int: "whole number", float: "number", bool: "yes or no", dt.date: "date"}


def network_page() -> str:
    """Return the reference of the network language as Markdown."""
    parts = [
        "# The network language: reference",
        "Written by `make docs` from `src/vado/network/` and `docs/examples/`; do not edit. The ideas, and how to "
        "write a description from nothing, are in [The network language](network.md).",
        "A *value* is a number, the name of a parameter or lever, a product of names, a mapping by group, or dated: "
        "see [Values](network.md#values). A name without a default must be given.",
        "## Description",
        _table(Network),
    ]
    for heading, model in SECTIONS.items():
        parts += [f"### {heading}", _law(model), _table(model)]
    parts += ["## Units", _units(), "## Stations", "Every station has these; what each kind adds is below."]
    parts += [_table(Station, {"kind": f"| `kind` | {', '.join(f'`{k}`' for k in STATIONS)} | | | | What it does. |"})]
    for kind, station in STATIONS.items():
        parts += _station(kind, station)
    return "\n\n".join(part for part in parts if part) + "\n"


def own_attributes(model: type[Described]) -> dict[str, FieldInfo]:
    """Return the fields of a part by the name under which YAML has them, those of all stations only for Station."""
    common = {"kind", *Station.model_fields} if issubclass(model, Station) and model is not Station else set()
    return {info.alias or name: info for name, info in model.model_fields.items() if name not in common}


def _station(kind: str, station: type[Station]) -> list[str]:
    found = [f"### `{kind}`", _law(station)]
    if own_attributes(station):
        found.append(_table(station))
    for heading, model in PARTS.get(kind, {}).items():
        found += [f"#### {heading}", _law(model), _table(model)]
    text = (EXAMPLES / f"{kind}.yaml").read_text(encoding="utf-8").strip()
    return [
        *found,
        f"Events: {EVENTS[kind]}.",
        f"Example, [`{kind}.yaml`](examples/{kind}.yaml):",
        f"```yaml\n{text}\n```",
    ]


def _law(model: type[Described]) -> str:
    """Return a part's docstring as Markdown, each paragraph on one line."""
    text = (model.__doc__ or "").split("Examples\n")[0].strip()
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n")).replace("``", "`")


def _table(model: type[Described], more: Mapping[str, str] | None = None) -> str:
    rows = {name: _row(name, info, model) for name, info in own_attributes(model).items()} | dict(more or {})
    return "\n".join([_HEADER, *rows.values()])


def _row(name: str, info: FieldInfo, model: type[Described]) -> str:
    attribute = next((note for note in info.metadata if isinstance(note, Attribute)), None)
    unit = f"`{attribute.unit}`" if attribute else "its unit" if _holds_value(info.annotation) else ""
    low_high = _range(attribute) if attribute else _limits(info)
    cells = [f"`{name}`", _type(info.annotation), unit, low_high, _default(info), _meaning(info, attribute)]
    return f"| {' | '.join(cells)} |".replace("|  ", "| ")


def _meaning(info: FieldInfo, attribute: Attribute | None) -> str:
    text = " ".join((info.description or "").split()).replace("``", "`").replace("|", "\\|")
    if attribute is not None and attribute.missing is not None:
        text += f" A group that a mapping does not name gets {attribute.missing:g}."
    return text


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return ""
    default = info.get_default(call_default_factory=True, validated_data={})
    if default is None or default in ("", (), {}):
        return "none"
    if isinstance(default, get_args(Value)):
        return f"`{dump(default)}`"
    items = default if isinstance(default, tuple) else [default]
    return ", ".join(f"`{item:g}`" if isinstance(item, float) else f"`{item}`" for item in items)


def _range(attribute: Attribute) -> str:
    low, high = attribute.low, attribute.high
    if low == float("-inf"):
        return "any" if high == float("inf") else f"up to {high:g}"
    return f"{low:g} or more" if high == float("inf") else f"{low:g} to {high:g}"


def _limits(info: FieldInfo) -> str:
    """Return the range of a plain number, or the length of a list, as validation holds it."""
    found = {type(note).__name__: note for note in _constraints(info.annotation, info.metadata)}
    said = []
    if "Ge" in found and "Le" in found:
        said.append(f"{found['Ge'].ge:g} to {found['Le'].le:g}")
    elif "Ge" in found:
        said.append(f"{found['Ge'].ge:g} or more")
    elif "Gt" in found:
        said.append(f"above {found['Gt'].gt:g}")
    if "MinLen" in found and "MaxLen" in found:
        said.append(f"{found['MinLen'].min_length} entries")
    elif "MinLen" in found:
        said.append(f"{found['MinLen'].min_length} entry or more")
    return ", ".join(said)


def _constraints(annotation: Any, notes: Any) -> Iterator[Any]:
    for note in notes:
        yield from note.metadata if isinstance(note, FieldInfo) else [note]
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        yield from _constraints(inner, more)
    elif get_origin(annotation) in (Union, types.UnionType, tuple):
        for inner in get_args(annotation):
            yield from _constraints(inner, [])


def _holds_value(annotation: Any) -> bool:
    return "value" in _type(annotation).split()


def _type(annotation: Any) -> str:
    """Return what may stand in a field, in words."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if annotation in _TYPES:
        return _TYPES[annotation]
    if set(inner) == set(get_args(Value)):
        return "value"
    if origin is Annotated:
        return _type(inner[0])
    if origin is Literal:
        return ", ".join(f"`{item}`" for item in inner)
    if origin is tuple:
        return f"list of {_type(inner[0])}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"mapping of {_type(inner[1])} by name"
    if origin in (Union, types.UnionType):
        kinds = [_type(item) for item in inner if item is not type(None)]
        return "station" if len(kinds) == len(STATIONS) else " or ".join(kinds)
    name = annotation.__name__
    return {"Reference": "source", "ChoiceWay": "way", "OutcomeWay": "way"}.get(name, str(name).lower())


def _units() -> str:
    rows = ["| unit | measures | one of it is |", "|---|---|---|"]
    base = {u.quantity: u.name for u in reversed(UNITS.values()) if u.factor == 1.0 and not u.per_month}
    for name, unit in UNITS.items():
        same = "a month's sum, spread over its days" if unit.per_month else f"{unit.factor:.6g} `{base[unit.quantity]}`"
        rows.append(f"| `{name}` | {unit.quantity} | {same if name != base[unit.quantity] else ''} |")
    return "\n".join(rows)
