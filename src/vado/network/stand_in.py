"""Stands in for what cannot be read in a description, so that all other parts can be checked.

A station with one wrong key must still take part in the checks of the graph. So a key with a letter wrong is renamed
to the one it resembles, an unknown key is taken out, a number that cannot be read becomes NaN, and a name that cannot
be read becomes a token that occurs nowhere else. The checks pass over NaN and over the token, and count what was
mentioned in a part that was taken out as used: one fault does not cause a second.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from vado.network.items import Item, Path, locate
from vado.network.schema import Wrong, meant, model_at, near
from vado.network.stations import STATIONS, Described, OutcomeWay
from vado.network.values import Number

_NAN = Number(float("nan"))
_SOME_DAY = dt.date(2000, 1, 1)
_GONE = Item(None, "", 0)

#: Without these nothing else can be checked.
_VITAL = ("stations", "groups", "nationalities", "households")
#: A part that lacks one of these says nothing, and is taken out whole.
_ALL_OR_NOTHING = ("effective", "of", "count")
_NAMES = ("id", "place", "to", "stopped", "gave_up", "queue", "source", "country", "unit", "system")


@dataclass
class Unread:
    """What the stand-ins stand for.

    Parameters
    ----------
    token
        The name that stands for every name that could not be read; None where all could be read.
    stations
        Stations of which no more than the id could be read; they may be anything and lead anywhere.
    mentioned
        Names in what was taken out; they count as used.
    values
        Whether a value is missing, which might have read any parameter.
    groups
        Whether a nationality or household could not be read.
    """

    token: str | None
    stations: set[str] = field(default_factory=set)
    mentioned: set[str] = field(default_factory=set)
    values: bool = False
    groups: bool = False


def _token_for(root: Item) -> str:
    """Return a name that occurs nowhere in a description."""
    texts = _texts(root)
    token = "unread"
    while token in texts:
        token += "_"
    return token


def _texts(item: Item) -> set[str]:
    """Return all text in an item, keys included."""
    texts: set[str] = set()
    todo = [item]
    while todo:
        value = todo.pop().value
        if isinstance(value, dict):
            texts.update(key for key in value if isinstance(key, str))
            todo.extend(value.values())
        elif isinstance(value, list):
            todo.extend(value)
        elif isinstance(value, str):
            texts.add(value)
    return texts


class StandIns:
    """Replaces what is wrong in a description.

    Parameters
    ----------
    root
        The description, which is changed.
    model
        The schema at its top.
    """

    def __init__(self, root: Item, model: type[Described]) -> None:
        self._root = root
        self._model = model
        self._token = _token_for(root)
        #: What the stand-ins stand for.
        self.unread = Unread(self._token)
        self._thinned: list[Item] = []

    def replace(self, found: Iterable[Wrong], data: Any) -> bool:
        """Replace what is wrong; return False if nothing can stand in for some of it.

        Parameters
        ----------
        found
            The errors.
        data
            The description as plain data, as it was when they were found.
        """
        for one in found:
            if not self._replace(one, data):
                return False
        for item in self._thinned:
            item.value[:] = [inner for inner in item.value if inner is not _GONE]
        self._thinned.clear()
        return True

    def _replace(self, one: Wrong, data: Any) -> bool:
        parent = self._exact(one.path[:-1])
        if not one.path or parent is None or not isinstance(parent.value, (dict, list)):
            return bool(one.path)
        key = one.path[-1]
        if one.type == "extra_forbidden":
            self._extra(one, parent, data)
        elif one.of_key:
            self._take_out(parent, key)
        elif one.type.startswith("union_tag"):
            self._kind(parent, key, one.context.get("tag"))
        elif one.type == "value_error":
            self._put(parent, key, _NAN)
        else:
            return self._other(one.path, parent, data)
        return True

    def _exact(self, path: Path) -> Item | None:
        item = self._root
        for step in path:
            try:
                item = item.value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return item

    def _put(self, parent: Item, key: Any, value: Any) -> None:
        """Put a value into a mapping or list, and remember what it pushes out."""
        old = parent.value[key] if isinstance(parent.value, list) else parent.value.get(key)
        if old is not None and old.value is not None:
            self._mention(old)
        elif value is _NAN:
            self.unread.values = True
        at = old or parent
        parent.value[key] = locate(value, at.file, at.line)

    def _take_out(self, parent: Item, key: Any) -> None:
        if isinstance(parent.value, list):
            self._mention(parent.value[key])
            parent.value[key] = _GONE
            self._thinned.append(parent)
        elif key in parent.value:
            self._mention(parent.value.pop(key))

    def _take_out_above(self, path: Path) -> None:
        """Take out the whole of which the last step of a path is a part."""
        above = self._exact(path[:-2])
        if above is not None:
            self._take_out(above, path[-2])

    def _mention(self, item: Item) -> None:
        for text in _texts(item):
            self.unread.mentioned.update(re.findall(r"[\w.\-]+", text))

    def _extra(self, one: Wrong, parent: Item, data: Any) -> None:
        """Rename an unknown key to the free one that it resembles, or take it out."""
        key = one.path[-1]
        found = meant(one, data, self._model)
        if found and key in parent.value and found not in parent.value:
            parent.value[found] = parent.value.pop(key)
        else:
            self._take_out(parent, key)

    def _kind(self, stations: Item, number: int, kind: Any) -> None:
        """Give a station the kind that its own resembles, or make it one that may be anything."""
        station = stations.value[number]
        found = near(kind, STATIONS)
        if found:
            station.value["kind"] = locate(found, station.file, station.line)
            return
        name = station.value["id"].value if "id" in station.value else None
        self._put(stations, number, self._any_station(name))

    def _any_station(self, name: Any) -> dict[str, Any]:
        token = self._token
        known = name if isinstance(name, str) and re.fullmatch(r"\w[\w\-]*", name) else token
        self.unread.stations.add(known)
        return {"id": known, "kind": "outcome", "place": token, "ways": [{"to": token, "share": "rest"}]}

    def _other(self, path: Path, parent: Item, data: Any) -> bool:
        key = path[-1]
        schema = model_at(self._model, data, path[:-1])
        if schema is None:
            self._in_container(path, parent, data)
        elif key in _VITAL:
            return False
        elif key in _ALL_OR_NOTHING:
            self._take_out_above(path)
        else:
            self._field(path, parent, schema, data)
        return True

    def _field(self, path: Path, parent: Item, schema: type[Described], data: Any) -> None:
        """Stand in for the value of a key of a schema."""
        key = path[-1]
        if key in schema.attributes() or key == "value":
            self._put(parent, key, _NAN)
        elif key in _NAMES:
            self._put(parent, key, self._token)
        elif key in ("start", "day"):
            self._put(parent, key, _SOME_DAY)
        elif key in ("latitude", "longitude"):
            self._put(parent, key, 0.0)
        elif key in ("name", "title", "publisher", "government"):
            self._put(parent, key, "")
        elif key == "ways":
            self.unread.values = True
            self._put(parent, key, [self._way(schema is STATIONS["outcome"])])
        elif (element := self._element(key)) is not None:
            self._put(parent, key, {self._token: element})
        else:
            self._take_out(parent, key)

    def _in_container(self, path: Path, parent: Item, data: Any) -> None:
        """Stand in for an item of a list, or of a mapping by name."""
        key, container = path[-1], path[-2] if len(path) > 1 else None
        if container == "stations":
            self._put(parent, key, self._any_station(None))
            self.unread.values = True
        elif container == "ways":
            self._put(parent, key, self._way(model_at(self._model, data, path) is OutcomeWay))
        elif container == "season":
            self._take_out_above(path)
        elif (element := self._element(container)) is not None:
            self._put(parent, key, element)
        else:
            self._take_out(parent, key)
            self.unread.groups |= container in ("nationalities", "households")

    def _way(self, of_outcome: bool) -> dict[str, Any]:
        return {"to": self._token, **({"share": _NAN} if of_outcome else {})}

    def _element(self, container: Any) -> dict[str, Any] | None:
        parameter = {"unit": self._token, "value": _NAN}
        elements: dict[str, dict[str, Any]] = {
            "places": {"name": ""},
            "sources": {"publisher": "", "title": ""},
            "parameters": parameter,
            "levers": {**parameter, "government": ""},
        }
        return elements.get(container)
