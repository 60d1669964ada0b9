"""Says in plain words what in the data of a description does not fit the schema, and how to mend it.

The schema is checked by pydantic; its errors name classes, unions and patterns that no reader of a description knows.
Here each becomes a fault with the line of its key and the mend, and what merely repeats another error is dropped.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from vado.errors import BadValueError, Fault, nearest
from vado.network.items import Item, Path, key_of, locate, short, shown
from vado.network.stations import STATIONS, Described
from vado.network.values import parse

#: A name longer than this resembles no other, and is not worth the comparison.
_LONGEST_NAME = 60
#: More comparisons would take seconds.
_MOST_COMPARED = 1000
_MOST_CHOICES = 5000
_UNION_ARM = re.compile(r"(literal|function-plain)\[")


@dataclass(frozen=True)
class Wrong:
    """One error of the schema.

    Parameters
    ----------
    type
        The validator's name for it.
    path
        Where it is, without what only the validator knows of.
    input
        What stands there.
    context
        Bounds and choices.
    of_key
        Whether the key is wrong rather than its value.
    """

    type: str
    path: Path
    input: Any
    context: Mapping[str, Any]
    of_key: bool


def wrongs(error: ValidationError, data: Any, model: type[Described]) -> list[Wrong]:
    """Return the errors of a validation, without those that only repeat another.

    Parameters
    ----------
    error
        What the validator says.
    data
        The plain data that it looked at.
    model
        The schema at its top.
    """
    found = [one for one in map(_wrong, error.errors(include_url=False)) if one]
    above = {one.path[:depth] for one in found for depth in range(len(one.path))}
    misspelt = {
        (*one.path[:-1], meant(one, data, model)) for one in found[:_MOST_COMPARED] if one.type == "extra_forbidden"
    }
    repeats = {"too_short": above, "missing": misspelt}
    return [one for one in found if one.path not in repeats.get(one.type, ())]


def _wrong(details: ErrorDetails) -> Wrong | None:
    path = list(details["loc"])
    if path[:1] == ["stations"] and len(path) > 2 and path[2] in STATIONS:
        del path[2]
    if path and isinstance(path[-1], str) and (arm := _UNION_ARM.match(path[-1])):
        if arm[1] == "literal":
            return None
        del path[-1]
    of_key = path[-1:] == ["[key]"]
    if of_key:
        del path[-1]
    of_key = of_key or details["type"] == "invalid_key"
    return Wrong(details["type"], tuple(path), details["input"], details.get("ctx", {}), of_key)


def read_part(model: type[Described], data: Any, prefix: Path) -> tuple[Any, list[Fault]]:
    """Make one part of a network of plain data.

    Parameters
    ----------
    model
        What sort of part.
    data
        The part or its plain data.
    prefix
        Where the part stands in the description.

    Returns
    -------
    tuple
        The part, or None; and its faults, without lines.
    """
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        lead = key_of(prefix, None)
        faults = [fault for one in wrongs(error, data, model) for fault in explain(one, locate(data), data, model)]
    return None, [Fault("", 0, f"{lead}.{f.key}" if f.key else lead, f.what, f.mend) for f in faults]


def model_at(model: type[Described] | None, data: Any, path: Path) -> type[Described] | None:
    """Return the schema of the mapping at a path of plain data, or None where no schema holds.

    >>> from vado.network.model import Network
    >>> model_at(Network, {"stations": [{"kind": "queue"}]}, ("stations", 0)).__name__
    'Queue'
    """
    steps = iter(path)
    for step in steps:
        info = field_of(model, step) if model else None
        inner = list(_models(info.annotation)) if info else []
        data = _inside(data, step)
        if inner and info and (isinstance(data, list) or get_origin(info.annotation) is Mapping):
            index = next(steps, None)
            if index is None:
                return None
            data = _inside(data, index)
        model = inner[0] if inner else None
        if len(inner) > 1:
            kind = _inside(data, "kind")
            model = STATIONS.get(kind) if isinstance(kind, str) else None
    return model


def _inside(data: Any, step: Any) -> Any:
    try:
        return data[step]
    except (KeyError, IndexError, TypeError):
        return None


def _models(annotation: Any) -> Iterator[type[Described]]:
    if isinstance(annotation, type) and issubclass(annotation, Described):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def field_of(model: type[Described], key: Any) -> FieldInfo | None:
    """Return the field that a key of a description fills, or None."""
    return next((info for name, info in model.model_fields.items() if key == (info.alias or name)), None)


def keys_of(model: type[Described]) -> list[str]:
    """Return all keys that the mapping of a schema may have."""
    return [info.alias or name for name, info in model.model_fields.items()]


def near(name: Any, valid: Iterable[str]) -> str | None:
    """Return the valid name most like a name, or None if none is near."""
    if not isinstance(name, str) or len(name) > _LONGEST_NAME:
        return None
    choices = list(valid)
    return nearest(name, choices) if len(choices) <= _MOST_CHOICES else None


def choose(name: Any, valid: Iterable[str]) -> str:
    """Return the mend of a name that is not among the valid ones."""
    choices = list(valid)
    found = near(name, choices)
    if found:
        return f"did you mean '{found}'?"
    if not choices:
        return "describe it first, or take it out"
    return f"choose one of: {', '.join(choices[:20])}{' …' if len(choices) > 20 else ''}"


def meant(one: Wrong, data: Any, model: type[Described]) -> str | None:
    """Return the free key that an unknown key resembles, or None.

    Parameters
    ----------
    one
        The error of an unknown key.
    data
        The description as plain data.
    model
        The schema at its top.
    """
    schema = model_at(model, data, one.path[:-1])
    parent = data
    for step in one.path[:-1]:
        parent = parent[step]
    return near(one.path[-1], [key for key in keys_of(schema) if key not in parent]) if schema else None


def explain(one: Wrong, root: Item, data: Any, model: type[Described]) -> Iterator[Fault]:
    """Yield the faults that an error of the schema means.

    Parameters
    ----------
    one
        The error.
    root, data
        The description with its lines, and the same as plain data.
    model
        The schema at its top.
    """
    for path, what, mend in _explain(one, root, data, model):
        item = root.at(path)
        yield Fault(item.file, item.line, key_of(path, data), what, mend)


def _explain(one: Wrong, root: Item, data: Any, model: type[Described]) -> Iterator[tuple[Path, str, str]]:
    path = one.path
    last = short(str(path[-1])) if path else "description"
    schema = model_at(model, data, path[:-1])
    given = shown(one.input)
    about = _about(field_of(schema, path[-1]) if schema and path else None)
    give = f"give {about}" if about else ""
    if one.of_key:
        mend = "write letters, digits, '_', '-' or '.', in quotes if it looks like a number or a date"
        yield path, f"'{last}' cannot be a name here", mend
        return
    match one.type:
        case "extra_forbidden":
            found = meant(one, data, model)
            keys = ", ".join(keys_of(schema)) if schema else ""
            mend = f"did you mean '{found}'?" if found else f"take it out; the keys here are {keys}"
            yield path, f"unknown key '{last}'", mend
        case "value_error":
            yield from _in_value(root.at(path), path)
        case "missing":
            yield path, f"'{last}' is missing", f"add it: {about}" if about else "add it"
        case "union_tag_not_found":
            yield path, "'kind' is missing", f"add it; the kinds are {', '.join(STATIONS)}"
        case "union_tag_invalid":
            kind = one.context.get("tag")
            yield (*path, "kind"), f"unknown kind {shown(kind)}", choose(kind, STATIONS)
        case "literal_error":
            choices = re.findall(r"'([^']*)'", str(one.context.get("expected")))
            yield path, f"unknown {last} {given}", choose(one.input, choices)
        case "string_pattern_mismatch":
            signs = "letters, digits, '_' and '-'" if last == "id" else "letters, digits, '_', '-' and '.'"
            yield path, f"{given} cannot be a name here", f"write {signs}, a letter or digit first"
        case "greater_than_equal" | "greater_than" | "less_than_equal" | "less_than":
            yield path, f"{given} is {_bound(one.context)}", give or "give a number within its range"
        case "too_short" | "too_long":
            bound = one.context.get("min_length", one.context.get("max_length"))
            wanted = "at least 1 belongs" if bound == 1 else f"{bound} belong"
            yield path, f"{one.context.get('actual_length')} items stand where {wanted}", give or "fill the list"
        case other if one.input is None:
            yield path, f"'{last}' has no value", f"{give or f'give {_sort(other)[0]}'}, or take the key out"
        case other:
            sort, mend = _sort(other)
            if sort == "text" and isinstance(one.input, (int, float, dt.date)):
                mend = f'put it in quotes: "{given}"'
            yield path, f"{given} is not {sort}", mend


def _sort(error_type: str) -> tuple[str, str]:
    """Return what was wanted where something of another sort stands, and the mend."""
    if error_type.startswith("string"):
        return "text", "write text"
    if error_type.startswith("date"):
        return "a day", "write it as YYYY-MM-DD"
    if error_type.startswith(("float", "int", "finite")):
        return "a number", "write a number such as 0.5"
    if error_type.startswith(("tuple", "list")):
        return "a list", "write [one, another], or each item on a line of its own after '- '"
    if error_type.startswith(("model", "dict", "mapping")):
        return "a mapping", "write `key: value` on lines of their own below it"
    return "what belongs here", "compare it with a description that works"


def _bound(context: Mapping[str, Any]) -> str:
    words = {"ge": "below", "gt": "not above", "le": "above", "lt": "not below"}
    return next((f"{word} {context[name]:g}" for name, word in words.items() if name in context), "out of range")


def _about(info: FieldInfo | None) -> str:
    """Return what a key is for, to go on a sentence with."""
    text = " ".join((info.description or "").split()).replace("``", "'").rstrip(".") if info else ""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def _in_value(item: Item, path: Path) -> Iterator[tuple[Path, str, str]]:
    """Yield what is wrong in a value, each at the innermost key that is wrong by itself."""
    try:
        parse(item.plain())
    except BadValueError as error:
        inner = list(_in_parts(item, path)) if isinstance(item.value, dict) else []
        if not inner and not isinstance(item.value, (str, dict, bool, float)):
            nothing = f"'{short(str(path[-1]))}' has no value"
            what = nothing if item.value is None else f"{shown(item.value)} is no value"
            inner = [(path, what, "write a number, the name of a parameter, or a mapping by group or date")]
        if not inner:
            what, _, mend = str(error).partition("; ")
            mend = mend or "write a number, a name, or a product such as rate * (1 - share)"
            inner = [(path, short(what, 200), short(mend, 200))]
        yield from inner


def _in_parts(item: Item, path: Path) -> Iterator[tuple[Path, str, str]]:
    between = next((name for name in ("steps", "lines") if name in item.value), None)
    if between and len(item.value) == 1 and isinstance(item.value[between].value, dict):
        item, path = item.value[between], (*path, between)
        before: dt.date | None = None
        for date in item.value:
            if isinstance(date, dt.date):
                if before and date <= before:
                    what = f"dates out of order: {date} stands after {before}"
                    yield (*path, date), what, "write them from early to late"
                before = date
    for key, child in item.value.items():
        yield from _in_value(child, (*path, key))
