"""One numbered list of the sources of several answers, each once, in the order in which answers name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from vado.answer import Answer
from vado.report.values import text


@dataclass(frozen=True)
class Source:
    """A source as a list prints it; ``link`` is empty unless it is an address on the web."""

    number: int
    source_id: str
    publisher: str
    title: str
    published: str
    licence: str
    attributed_to: str
    url: str
    link: str


def merged_sources(answers: Sequence[Answer]) -> list[Source]:
    """Return the sources of all answers; where two answers describe one differently, the first one holds."""
    found: dict[str, dict[str, Any]] = {}
    for answer in answers:
        for source in answer.sources:
            found.setdefault(str(source["source_id"]), dict(source))
    return [_source(number, source_id, fields) for number, (source_id, fields) in enumerate(found.items(), 1)]


def _source(number: int, source_id: str, fields: dict[str, Any]) -> Source:
    url = text(fields.get("url"))
    # Anything but a plain web address (javascript:, file:) is shown as text and cannot be followed.
    link = url if urlsplit(url).scheme in ("http", "https") else ""
    named = {name: text(fields.get(name)) for name in ("publisher", "title", "published", "licence", "attributed_to")}
    return Source(number=number, source_id=source_id, url=url, link=link, **named)
