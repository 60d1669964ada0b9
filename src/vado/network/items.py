"""Pieces of a description that know where they stand, and how a place in a description is named to people."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

#: Keys and numbers of items, from the top of a description to what is meant.
Path = tuple[Any, ...]


@dataclass(slots=True)
class Item:
    """A piece of a description: a mapping or list of items, or a plain value, with the line of its key."""

    value: Any
    file: str
    line: int

    def plain(self) -> Any:
        """Return the data without its lines."""
        if isinstance(self.value, dict):
            return {key: item.plain() for key, item in self.value.items()}
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        return self.value

    def at(self, path: Path) -> Item:
        """Return the item at a path, or the last on the way to it where the path leads to nothing."""
        item = self
        for step in path:
            try:
                item = item.value[step]
            except (KeyError, IndexError, TypeError):
                break
        return item


def locate(data: Any, file: str = "", line: int = 0) -> Item:
    """Return plain data as items that all stand in one place."""
    if isinstance(data, dict):
        return Item({key: locate(value, file, line) for key, value in data.items()}, file, line)
    if isinstance(data, (list, tuple)):
        return Item([locate(value, file, line) for value in data], file, line)
    return Item(data, file, line)


def short(text: str, most: int = 60) -> str:
    """Return a text as one line of few letters.

    >>> short("Del Rio"), short("x" * 100, most=5)
    ('Del Rio', 'xxxxx…')
    """
    line = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text[: most + 1])
    return line if len(line) <= most else f"{line[:most]}…"


def shown(value: Any) -> str:
    """Return a value as it may stand in a message.

    >>> shown("Del Rio"), shown(5), shown(None), shown(dt.date(2021, 9, 1))
    ("'Del Rio'", '5', 'nothing', '2021-09-01')
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    return f"'{short(value)}'" if isinstance(value, str) else short(str(value))


def key_of(path: Path, data: Any) -> str:
    """Return a path as people read it, with the id or name of an item of a list in the place of its number.

    Parameters
    ----------
    path
        Keys and numbers of items.
    data
        The plain data of the whole description.

    Examples
    --------
    >>> key_of(("stations", 0, "to"), {"stations": [{"id": "camp"}]})
    'stations.camp.to'
    >>> key_of(("stations", 1, "to"), {"stations": [{"id": "camp"}, {}]})
    'stations.2.to'
    """
    words = []
    for step in path:
        inner: Any = None
        if isinstance(data, dict):
            word, inner = step, data.get(step)
        elif isinstance(data, (list, tuple)):
            inner = data[step] if isinstance(step, int) and step < len(data) else None
            word = _label(inner, step)
        else:
            word = step
        words.append(short(str(word)))
        data = inner
    return ".".join(words)


def _label(item: Any, number: Any) -> Any:
    if isinstance(item, dict):
        for key in ("id", "name", "to", "of", "effective"):
            if isinstance(item.get(key), (str, dt.date)):
                return item[key]
    return item if isinstance(item, str) else number + 1
