"""Reads YAML so that every key and value of a description knows its file and line.

YAML becomes plain data in which every key and every item of a list keeps its file and line. Fewer words are special
than in common YAML: only ``true`` and ``false`` are booleans, so that the codes and keys ``NO``, ``on`` and ``yes``
stay text; ``1e6`` is a number; ``010`` is ten; a date is a date only as YYYY-MM-DD. Anchors, aliases and merge keys
work. Nothing in a file is ever executed: tags outside YAML's core are faults.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from vado.errors import Fault
from vado.network.items import Item, Path, key_of, short, shown

#: No description needs more, and what is deeper is a mistake or means harm.
_MOST_LEVELS = 40
_MOST_ITEMS = 300_000
_MOST_DUPLICATES = 100

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: What the reader takes for a number.
NUMBER = r"[-+]?(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][-+]?\d+)?\Z"
_NUMBER = re.compile(NUMBER)
_WHOLE = re.compile(r"[-+]?\d{1,15}\Z")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)\Z")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    "true": True,
    "false": False,
    **dict.fromkeys((".inf", "+.inf", ".Inf", ".INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_TAG = "tag:yaml.org,2002:"
_CORE_TAGS = {f"{_TAG}{name}" for name in ("str", "null", "bool", "int", "float", "timestamp", "map", "seq")}
_NO_KEY = object()
_MERGE = object()

#: What YAML's own messages mean, and the mend.
_SYNTAX = {
    "mapping values are not allowed": (
        "a ':' stands where no key can stand",
        "put the text in quotes, or indent the line as its neighbours",
    ),
    "could not find expected ':'": ("a key without ':'", "write `key: value`, and indent all keys of a block alike"),
    "cannot start any token": ("a value begins with a character that YAML keeps for itself", "put it in quotes"),
    "unexpected end of stream": ("a quote is opened and never closed", "close the quote"),
    "expected ',' or": ("a bracket is not closed, or a comma is missing", "close it, and part its items by commas"),
    "escape": ("a backslash in double quotes begins no known sign", "use single quotes"),
    "expected": ("this line does not fit what stands before it", "indent all items of a block alike, with spaces"),
}


@dataclass
class Parsed:
    """What one file holds: the data, if it could be read, and its faults."""

    root: Item | None
    faults: list[Fault]


def parse(content: bytes, file: str) -> Parsed:
    """Read one file of YAML.

    Parameters
    ----------
    content
        The bytes of the file.
    file
        The name under which faults are reported.

    Returns
    -------
    Parsed
        The data, or None where the file is no mapping that can be read; and all faults of the file as YAML.
    """
    builder = _Builder(file)
    try:
        text = _decode(content, builder)
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
        builder.finish()
    except _StopError as stop:
        return Parsed(None, [*builder.faults(), stop.fault])
    except yaml.MarkedYAMLError as error:
        return Parsed(None, [*builder.faults(), _syntax(error, text, file)])
    return Parsed(builder.root, builder.faults())


class _StopError(Exception):
    """Reading cannot go on after this fault."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault


def _decode(content: bytes, builder: _Builder) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        builder.stop(line, "this is not UTF-8 text", "save the file as UTF-8 text, if it is a text at all")
    odd = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        what = f"control character {odd.group()!r} in the text"
        builder.stop(line, what, "take it out; is this a text file at all?")
    return text


def _syntax(error: yaml.MarkedYAMLError, text: str, file: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    number = mark.line if mark else 0
    lines = text.splitlines()
    number = min(number, max(len(lines) - 1, 0))
    line = lines[number] if lines else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return Fault(file, number + 1, "", "a tab indents this line", "indent with spaces only")
    problem = str(error.problem)
    unknown = (f"this is not valid YAML ({problem})", "compare the line with one that works")
    what, mend = next((said for words, said in _SYNTAX.items() if words in problem), unknown)
    begun = error.context_mark.line if error.context_mark else number
    if begun < number:
        what = f"{what} (begun on line {begun + 1})"
    return Fault(file, number + 1, "", what, mend)


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come."""

    item: Item
    step: Any
    anchor: str | None
    items_before: int
    height: int = 1
    key: Any = _NO_KEY
    line: int = 0
    merged: list[Item] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Anchored:
    item: Item
    items: int
    height: int


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


class _Builder:
    """Builds items from the events of YAML's parser, without recursion, and counts what aliases repeat."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Item | None = None
        self._open: list[_Open] = []
        self._anchors: dict[str, _Anchored | None] = {}
        self._found: list[tuple[Path, int, str, str]] = []
        self._items = 0
        self._documents = 0
        self._duplicates = 0

    def take(self, event: yaml.Event) -> None:
        """Take the parser's next event."""
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._begin(event)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                line = _line(event)
                self.stop(line, "a second document begins here", "keep one document a file: take the '---' out")

    def finish(self) -> None:
        """See to it that there is a mapping at the top."""
        if self.root is None or self.root.value is None:
            self.stop(1, "the file is empty", "begin with `system: NAME`")
        elif not isinstance(self.root.value, dict):
            what = f"the file holds {shown(self.root.value)}, not keys"
            self.stop(self.root.line, what, "begin with `system: NAME` at the left margin")

    def stop(self, line: int, what: str, mend: str) -> NoReturn:
        """End reading with a fault."""
        raise _StopError(Fault(self.file, line, "", what, mend))

    def faults(self) -> list[Fault]:
        """Return the faults after which reading went on."""
        data = self.root.plain() if self._found and self.root else None
        found = [Fault(self.file, line, key_of(path, data), what, mend) for path, line, what, mend in self._found]
        if self._duplicates > _MOST_DUPLICATES:
            last = found[-1]
            more = self._duplicates - _MOST_DUPLICATES
            found.append(Fault(self.file, last.line, "", f"{more} further keys stand twice", "keep one of each"))
        return found

    def _fault(self, line: int, what: str, mend: str) -> None:
        path = [frame.step for frame in self._open[1:]]
        if self._open:
            path.append(self._step())
        self._found.append((tuple(path), line, what, mend))

    def _step(self) -> Any:
        """Return the key or number, in what is open, of what comes next."""
        top = self._open[-1]
        if isinstance(top.item.value, list):
            return len(top.item.value)
        return "<<" if top.key is _MERGE else "" if top.key is _NO_KEY else top.key

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        line = _line(event)
        plain = event.implicit[0] if event.tag is None else event.tag not in ("!", f"{_TAG}str")
        self._check_tag(event.tag, line)
        value = self._resolve(event.value, line) if plain else event.value
        top = self._open[-1] if self._open else None
        if top and isinstance(top.item.value, dict) and top.key is _NO_KEY:
            if event.anchor:
                self._anchors[event.anchor] = _Anchored(Item(value, self.file, line), 1, 1)
            self._key(top, _MERGE if event.value == "<<" and plain and event.tag is None else value, line)
        else:
            self._place(Item(value, self.file, line), event.anchor)

    def _check_tag(self, tag: str | None, line: int) -> None:
        if tag not in (None, "!") and tag not in _CORE_TAGS:
            name = str(tag).replace(_TAG, "!!")
            self._fault(line, f"the tag {shown(name)} means nothing here", "take it out; a description is plain data")

    def _resolve(self, text: str, line: int) -> Any:
        if text in _WORDS:
            return _WORDS[text]
        if text[0] not in "+-.0123456789":
            return text
        if _WHOLE.match(text):
            return int(text)
        if _NUMBER.match(text):
            return float(text.replace("_", ""))
        date = _DATE.match(text)
        if not date:
            return text
        year, month, day = (int(part) for part in date.groups())
        try:
            return dt.date(year, month, day)
        except ValueError:
            near = _near_date(year, month, day)
            self._fault(line, f"{text} is no day of the calendar", f"did you mean {near}?")
            return near

    def _key(self, top: _Open, key: Any, line: int) -> None:
        top.key = key
        top.line = line
        if key is not _MERGE and key in top.item.value:
            self._duplicates += 1
            if self._duplicates <= _MOST_DUPLICATES:
                first = top.item.value[key].line
                self._fault(line, f"this key stands twice, first on line {first}", "keep one of the two")

    def _place(self, item: Item, anchor: str | None = None) -> None:
        """Put an item where the parser stands."""
        self._items += 1
        if self._items > _MOST_ITEMS:
            what = f"the file holds more than {_MOST_ITEMS:,} values, aliases written out"
            self.stop(item.line, what, "is this a description at all? take out what repeats")
        if anchor and not isinstance(item.value, (dict, list)):
            self._anchors[anchor] = _Anchored(item, 1, 1)
        if not self._open:
            self.root = item
            return
        top = self._open[-1]
        if isinstance(top.item.value, list):
            top.item.value.append(item)
            return
        if top.key is _NO_KEY:
            self.stop(item.line, f"{shown(item.value)} stands where a key should", "write a word or a date before ':'")
        item.line = top.line
        if top.key is _MERGE:
            top.merged.append(item)
        else:
            top.item.value.setdefault(top.key, item)
        top.key = _NO_KEY

    def _begin(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        line = _line(event)
        self._check_tag(event.tag, line)
        if len(self._open) >= _MOST_LEVELS:
            self.stop(line, f"more than {_MOST_LEVELS} levels, one inside the other", "is a bracket left open?")
        item = Item({} if isinstance(event, yaml.MappingStartEvent) else [], self.file, line)
        before = self._items
        if event.anchor:
            self._anchors[event.anchor] = None
        step = self._step() if self._open else ""
        self._place(item)
        self._open.append(_Open(item, step, event.anchor, before))

    def _end(self) -> None:
        done = self._open.pop()
        for item in done.merged:
            self._merge(done.item, item)
        if done.anchor:
            self._anchors[done.anchor] = _Anchored(done.item, self._items - done.items_before, done.height)
        if self._open:
            self._open[-1].height = max(self._open[-1].height, done.height + 1)

    def _merge(self, into: Item, item: Item) -> None:
        for source in item.value if isinstance(item.value, list) else [item]:
            if not isinstance(source.value, dict):
                what = f"'<<' merges {shown(source.value)}"
                self.stop(item.line, what, "give it the alias of a mapping: `<<: *NAME`")
            for key, inner in source.value.items():
                into.value.setdefault(key, inner)

    def _alias(self, event: yaml.AliasEvent) -> None:
        line = _line(event)
        name = str(event.anchor)
        if name not in self._anchors:
            self.stop(line, f"the alias *{short(name)} is not defined above", f"define it with &{short(name)}")
        anchored = self._anchors[name]
        if anchored is None:
            self.stop(line, f"the alias *{short(name)} holds itself", "take it out")
        value = anchored.item.value
        top = self._open[-1] if self._open else None
        if top is None:
            self.stop(line, "an alias is all there is", "begin with `system: NAME`")
        if isinstance(top.item.value, dict) and top.key is _NO_KEY and not isinstance(value, (dict, list)):
            self._key(top, value, line)
            return
        self._items += anchored.items - 1
        self._place(Item(value, self.file, line))
        top.height = max(top.height, anchored.height + 1)
        if len(self._open) + anchored.height > _MOST_LEVELS:
            self.stop(line, f"more than {_MOST_LEVELS} levels, one inside the other", "do not nest aliases so deep")


def _near_date(year: int, month: int, day: int) -> dt.date:
    """Return the day of the calendar that comes nearest.

    >>> _near_date(2021, 2, 30)
    datetime.date(2021, 2, 28)
    """
    year, month = max(year, 1), min(max(month, 1), 12)
    return dt.date(year, month, min(max(day, 1), calendar.monthrange(year, month)[1]))
