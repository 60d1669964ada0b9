"""What the checks of a description look at: all its values, evaluated wherever anything may change.

Values are evaluated on the first day and on every date that the description names, which is where they have their
corners. Parts that have a fault already are NaN here, and a check passes over NaN.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from vado.errors import VadoError
from vado.ledger.codes import check_nationality
from vado.network.components import circles, components
from vado.network.evaluate import Evaluator
from vado.network.items import Path, key_of, short
from vado.network.model import Lever, Network, Parameter
from vado.network.schema import near
from vado.network.sound import UNKNOWN, Finding, Names, Use, sound
from vado.network.stand_in import Unread
from vado.network.stations import Attribute, Described, Source, Station
from vado.network.units import UNITS
from vado.network.values import Axes, Dated, Table, Value, names, parts

Mask = npt.NDArray[np.bool_]

#: Codes outside ISO 3166 that sources of the ledger use: others, unknown, stateless, Kosovo.
SPECIAL_CODES = ("OOO", "XXX", "STL", "XKX")

#: Looking up more names that do not exist would take seconds.
_MOST_COMPARED = 200
#: Parameters that refer to parameters, and so on, more often than this are a mistake.
MOST_STEPS = 100
_LAST_DAY = dt.date.max.toordinal()


class Examined:
    """A description with all that the checks ask of it, each found once.

    Parameters
    ----------
    network
        The description.
    unread
        What stands in for parts that could not be read.
    """

    def __init__(self, network: Network, unread: Unread) -> None:
        self.network = network
        self.unread = unread
        self._settled: dict[Path, tuple[Value, list[Finding]]] = {}
        self._tables: dict[Path, Table] = {}
        self._targets: dict[str, str | None] = {}
        self._compared = 0

    def key(self, path: Path) -> str:
        """Return a path as people read it."""
        return key_of(path, self._plain)

    @cached_property
    def _plain(self) -> Any:
        return self.network.model_dump(by_alias=True)

    def readable(self, name: str | None) -> bool:
        """Whether a name is the description's own and not the token for one that could not be read."""
        return name != self.unread.token

    @cached_property
    def stations(self) -> list[tuple[Path, Station]]:
        """All stations with their paths."""
        return [(("stations", number), station) for number, station in enumerate(self.network.stations)]

    def target(self, to: str) -> str | None:
        """Return the station that a way leads to, or that its name resembles; None where it resembles none."""
        ids = self.network.by_id
        if to not in self._targets:
            unknown = self.readable(to) and to not in ids
            self._compared += unknown
            self._targets[to] = to if to in ids and self.readable(to) else None
            if unknown and self._compared <= _MOST_COMPARED:
                self._targets[to] = near(to, ids)
        return self._targets[to]

    @cached_property
    def complete(self) -> bool:
        """Whether every value could be read and evaluated, so that NaN stands for nothing."""
        uses = [*self.uses.values(), *self.parameter_uses.values()]
        return self.unread.token is None and not self.names.unsound and not any(self.settled(use)[1] for use in uses)

    @cached_property
    def all_parameters(self) -> list[tuple[Path, str, Parameter]]:
        """All parameters and levers, with path and name."""
        parameters = [(("parameters", name), name, one) for name, one in self.network.parameters.items()]
        return [*parameters, *((("levers", name), name, one) for name, one in self.network.levers.items())]

    @cached_property
    def uses(self) -> dict[Path, Use]:
        """The values of all stations, by path."""
        found = {}
        for path, station in self.stations:
            for at, part in _parts(station, path):
                for name, attribute, value in part.values():
                    found[(*at, name)] = Use((*at, name), value, attribute)
        return found

    @cached_property
    def parameter_uses(self) -> dict[Path, Use]:
        """The values of all parameters and levers and of the levers' changes, by path."""
        found = {}
        for path, _, parameter in self.all_parameters:
            attribute = Attribute(parameter.unit, low=float("-inf"))
            found[(*path, "value")] = Use((*path, "value"), parameter.value, attribute)
            for number, change in enumerate(parameter.changes if isinstance(parameter, Lever) else ()):
                at = (*path, "changes", number, "value")
                found[at] = Use(at, change.value, attribute)
        return found

    @cached_property
    def unknown_codes(self) -> dict[str, str]:
        """Each nationality that is no code, with the mend."""
        found: dict[str, str] = {}
        for code in self.network.groups.nationalities:
            mend = mend_of_code(code) if len(found) <= _MOST_COMPARED else None
            if mend:
                found[code] = mend
        return found

    @cached_property
    def groups(self) -> list[tuple[str, str]]:
        """The groups whose nationality is known."""
        return [group for group in self.network.group_names if group[0] not in self.unknown_codes]

    @cached_property
    def group_keys(self) -> dict[str, None]:
        """All keys under which a group's value may stand, in order; what an unknown code may mean is among them."""
        groups = self.network.groups
        meant = (re.match(r"did you mean '([^']+)'", mend) for mend in self.unknown_codes.values())
        nationalities = [*groups.nationalities, *(found[1] for found in meant if found)]
        both = (f"{nationality}/{household}" for nationality in nationalities for household in groups.households)
        return dict.fromkeys([*nationalities, *groups.households, "other", *both])

    @cached_property
    def any_group(self) -> bool:
        """Whether a group's name could not be read, so that a key of no known group may be that one."""
        return self.unread.groups or not all(mend.startswith("did you mean") for mend in self.unknown_codes.values())

    @cached_property
    def circles(self) -> list[list[str]]:
        """Parameters that refer to each other in a circle, each circle from its first parameter back to it."""
        return circles(self._following)

    @cached_property
    def too_deep(self) -> list[str]:
        """Parameters that refer to others over too many steps, those that come to it first before all others."""
        steps: dict[str, int] = {}
        for members in components(self._following):
            below = max((steps.get(read, 0) for name in members for read in self._following[name]), default=0)
            steps.update(dict.fromkeys(members, below + 1))
        return [name for name, number in steps.items() if number > MOST_STEPS]

    @cached_property
    def _following(self) -> dict[str, list[str]]:
        following = {name: self._read_by(parameter) for _, name, parameter in self.all_parameters}
        return {name: [one for one in read if one in following] for name, read in following.items()}

    def _read_by(self, parameter: Parameter) -> list[str]:
        values = [parameter.value, *(c.value for c in (parameter.changes if isinstance(parameter, Lever) else ()))]
        return list(dict.fromkeys(name for value in values for name in names(value)))

    @cached_property
    def names(self) -> Names:
        """What a value may name."""
        units = {name: one.unit for _, name, one in self.all_parameters if self.readable(name)}
        unsound = {name for name, unit in units.items() if unit not in UNITS}
        unsound |= {name for circle in self.circles for name in circle} | set(self.too_deep)
        is_open = len(units) < len({name for _, name, _ in self.all_parameters})
        return Names(units, unsound, is_open, self.groups, self.group_keys, self.any_group)

    def settled(self, use: Use) -> tuple[Value, list[Finding]]:
        """Return a value with NaN for its faulty parts, and the faults."""
        if use.path not in self._settled:
            self._settled[use.path] = sound(use, self.names)
        return self._settled[use.path]

    @cached_property
    def days(self) -> npt.NDArray[np.int64]:
        """The days on which anything may change, as proleptic ordinals."""
        dates = {self.network.start}
        for use in [*self.uses.values(), *self.parameter_uses.values()]:
            for part in parts(use.value):
                if isinstance(part, Dated):
                    dates.update(date for date, _ in part.values)
        days = {date.toordinal() for date in dates}
        for lever in self.network.levers.values():
            days.update(change.effective.toordinal() for change in lever.changes)
            days.update(min(c.ended.toordinal() + 1, _LAST_DAY) for c in lever.changes if c.ended)
        days.update(c.day.toordinal() for _, s in self.stations if isinstance(s, Source) for c in s.convoys)
        return np.array(sorted(days), dtype=np.int64)

    @cached_property
    def evaluator(self) -> Evaluator:
        """Evaluates the sound parts of all values."""
        unsound = self.names.unsound

        def settled(path: Path, name: str) -> Value:
            return UNKNOWN if name in unsound else self.settled(self.parameter_uses[(*path, "value")])[0]

        parameters = {
            name: parameter.model_copy(update={"value": settled(("parameters", name), name)})
            for name, parameter in self.network.parameters.items()
        }
        levers = {}
        for name, lever in self.network.levers.items():
            path = ("levers", name)
            changes = tuple(
                change.model_copy(update={"value": settled((*path, "changes", number), name)})
                for number, change in enumerate(lever.changes)
            )
            levers[name] = lever.model_copy(update={"value": settled(path, name), "changes": changes})
        network = self.network.model_copy(update={"parameters": parameters, "levers": levers})
        return Evaluator(network, Axes(self.groups, self.days))

    def table(self, path: Path) -> Table | None:
        """Return the table of the station's value at a path, ``float64[group or 1, day or 1]``; None without value."""
        if path not in self.uses:
            return None
        if path not in self._tables:
            use = self.uses[path]
            with np.errstate(over="ignore", invalid="ignore"):
                self._tables[path] = self.evaluator.attribute(self.settled(use)[0], use.attribute)
        return self._tables[path]

    def full(self, table: Table | Mask) -> Any:
        """Return a table or mask on all groups and days, ``[group, day]``."""
        return np.broadcast_to(table, (len(self.groups), len(self.days)))

    def date(self, day: int) -> dt.date:
        """Return the date of the day of this number."""
        return dt.date.fromordinal(int(self.days[day]))

    def where(self, mask: Mask) -> str:
        """Say on which day and for which group a mask ``[group or 1, day or 1]`` first holds, if it depends on them."""
        group, day = (int(number) for number in np.argwhere(mask)[0])
        words = f" on {self.date(day)}" if mask.shape[1] > 1 else ""
        return words + (f" for {'/'.join(self.groups[group])}" if mask.shape[0] > 1 else "")


def mend_of_code(code: str) -> str | None:
    """Return how to mend the code of a country, or None if it is one of ISO 3166 or of the ledger.

    >>> mend_of_code("HTI"), mend_of_code("Haiti")
    (None, "did you mean 'HTI' (Haiti)?")
    """
    try:
        check_nationality(short(code), also=SPECIAL_CODES)
    except VadoError as error:
        mend = str(error).partition("; ")[2]
        return mend if mend.startswith("did you mean") else "write an ISO 3166 alpha-3 code"
    return None


def _parts(described: Described, path: Path) -> Iterator[tuple[Path, Described]]:
    """Yield a station and all that it holds, with paths."""
    yield path, described
    for name, info in type(described).model_fields.items():
        inner = getattr(described, name)
        if isinstance(inner, tuple):
            for number, item in enumerate(inner):
                if isinstance(item, Described):
                    yield from _parts(item, (*path, info.alias or name, number))
