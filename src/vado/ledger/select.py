"""The WHERE clause of a look at the observations: filters by code, where some codes stand for many rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vado.errors import BadValueError
from vado.ledger.codes import ALL, NAMED_NATIONALITIES, OTHER, PORTS

Codes = str | Sequence[str]


@dataclass
class Clause:
    """Conditions joined by AND, with the values of their ``?`` marks in order."""

    conditions: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, condition: str, *values: Any) -> None:
        """Add one condition."""
        self.conditions.append(condition)
        self.values.extend(values)

    def add_codes(self, measure: str, column: str, codes: Sequence[str]) -> None:
        """Add the condition that a column has one of the codes, or a part of what a code stands for.

        A place stands for its own rows in series that have such rows, and for the places whose parent it is in the
        others; so does ``ALL``, for rows without a split and for every row. ``OFO`` stands for the field offices of the
        southwest border, ``OTH`` for every nationality that is not named.
        """
        if ALL in codes:
            unsplit = f"SELECT series FROM observations WHERE measure = ? AND {column} = ?"
            self.add(f"({column} = ? OR series NOT IN ({unsplit}))", ALL, measure, ALL)
            return
        either = [f"{column} IN ({_marks(codes)})"]
        values: list[Any] = list(codes)
        if column == "place":
            own = f"SELECT series FROM observations WHERE measure = ? AND place IN ({_marks(codes)})"
            parts = f"SELECT place FROM places WHERE parent IN ({_marks(codes)})"
            either.append(f"(place IN ({parts}) AND series NOT IN ({own}))")
            values += [*codes, measure, *codes]
            if PORTS in codes:
                either.append("place IN (SELECT place FROM places WHERE kind = 'field_office')")
        if column == "nationality" and OTHER in codes:
            either.append(f"nationality NOT IN ({_marks((*NAMED_NATIONALITIES, ALL))})")
            values += [*NAMED_NATIONALITIES, ALL]
        self.add(f"({' OR '.join(either)})", *values)

    def add_attributes(self, attributes: Mapping[str, str]) -> None:
        """Add the condition that the attributes of a row hold these pairs.

        The attributes are JSON text with sorted keys and no spaces, so that a pair is found as a piece of text.
        """
        for key, value in attributes.items():
            pair = json.dumps({key: value}, separators=(",", ":"), ensure_ascii=False)[1:-1]
            self.add("strpos(attributes, ?) > 0", pair)

    @property
    def sql(self) -> str:
        """The conditions joined by AND; ``TRUE`` if there are none."""
        return " AND ".join(self.conditions) or "TRUE"


def as_codes(what: str, codes: object) -> list[str]:
    """Return one code or several as a list of text.

    Raises
    ------
    BadValueError
        For anything else, and for no code at all.
    """
    given = [codes] if isinstance(codes, str) else list(codes) if isinstance(codes, Iterable) else [codes]
    if not given or not all(isinstance(code, str) for code in given):
        raise BadValueError(f"{what} takes a code or a list of codes, not {codes!r}")
    return [str(code) for code in given]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
