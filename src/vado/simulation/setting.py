"""What is run: a description, what was known of it on a day, and what is set or changed for this run.

A mistake in what is set is found before anything runs, and named by what was typed.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import Any

from vado.errors import BadValueError, DescriptionError, UnknownNameError
from vado.ledger.dates import Day, day
from vado.network.checks import check
from vado.network.checks_stations import check_shares
from vado.network.checks_values import check_ranges, check_values
from vado.network.examined import Examined
from vado.network.known import known, with_changes
from vado.network.model import Change, Lever, Network
from vado.network.read import load_corridor
from vado.network.stand_in import Unread
from vado.network.values import Number

#: Histories of levers, as :func:`vado.network.known.with_changes` takes them.
Changes = Mapping[str, Sequence[Change | Mapping[str, Any]]]


def prepared(
    description: str | Path | Network,
    *,
    parameters: Mapping[str, Any] | None = None,
    changes: Changes | None = None,
    as_of: Day | None = None,
) -> Network:
    """Return the network that a run needs, checked with all that is set and changed.

    Parameters
    ----------
    description
        A shipped corridor's name, the path of a description, or a network.
    parameters
        Parameters and levers that take another value throughout; numbers are held against the ranges of all stations
        that read them, arrays are left to the engine.
    changes
        Histories of levers from a date on; they hold whatever ``as_of`` says.
    as_of
        Leave out the changes of levers that were announced later.

    Returns
    -------
    Network
        The network with its changes. Parameters are not put into it: the engine is given them.

    Raises
    ------
    UnknownNameError
        If a corridor, parameter or lever does not exist.
    BadValueError
        If a value is out of range, or a lever is both set and changed.
    DescriptionError
        If the description or a change has faults.
    """
    network = description if isinstance(description, Network) else load_corridor(description)
    if isinstance(description, Network):
        faults = check(network)
        if faults:
            raise DescriptionError(faults)
    if as_of is not None:
        network = known(network, day(as_of, "as_of"))
    if changes:
        for name in changes:
            if name in network.parameters:
                raise BadValueError(f"{name} is a parameter, and only levers change on a day; set it for the whole run")
        network = with_changes(network, changes)
        _refuse_out_of_range(network, "with the changes of " + ", ".join(changes))
    if parameters:
        for name in parameters:
            if name not in network.parameters and name not in network.levers:
                raise UnknownNameError("parameter or lever", name, [*network.parameters, *network.levers])
            if name in (changes or {}):
                raise BadValueError(f"{name} is set for the whole run and changed on a day; give one of the two")
        numbers = {name: float(value) for name, value in parameters.items() if isinstance(value, Real)}
        for name, value in numbers.items():
            if not math.isfinite(value):
                raise BadValueError(f"{name} = {value} is not a finite number")
        said = ", ".join(f"{name} = {value:g} {network.parameter(name).unit}" for name, value in numbers.items())
        _refuse_out_of_range(_with_numbers(network, numbers), f"with {said}")
    return network


def read_settings(words: Iterable[str]) -> dict[str, float]:
    """Return what ``NAME=VALUE`` says, name by name.

    Raises
    ------
    BadValueError
        If one has another form, its value is no number, or a name stands twice.

    Examples
    --------
    >>> read_settings(["south.stop_rate=0.4"])
    {'south.stop_rate': 0.4}
    """
    found: dict[str, float] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign:
            raise BadValueError(f"--set {word} has no '='; write --set NAME=VALUE, such as --set stop_rate=0.4")
        name = name.strip()
        if name in found:
            raise BadValueError(f"--set names {name} twice; give it one value")
        found[name] = _number(value, f"--set {word}")
    return found


def read_changes(words: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Return what ``NAME=VALUE@DAY`` says, as a history of each lever.

    Raises
    ------
    BadValueError
        If one has another form, its value is no number, its day is none, or a lever changes twice on a day.

    Examples
    --------
    >>> read_changes(["stop_rate=0.4@2021-09-01"])
    {'stop_rate': [{'effective': datetime.date(2021, 9, 1), 'value': 0.4}]}
    """
    found: dict[str, dict[dt.date, float]] = {}
    for word in words:
        name, sign, rest = word.partition("=")
        value, at, effective = rest.partition("@")
        if not sign or not at:
            raise BadValueError(
                f"--change {word} is not of the form NAME=VALUE@DAY, such as --change stop_rate=0.4@2021-09-01"
            )
        history = found.setdefault(name.strip(), {})
        first = day(effective, f"the day of --change {word},")
        if first in history:
            raise BadValueError(f"--change names {name.strip()} twice on {first}; give it one value")
        history[first] = _number(value, f"--change {word}")
    return {
        name: [{"effective": first, "value": value} for first, value in sorted(history.items())]
        for name, history in found.items()
    }


def _number(text: str, where: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadValueError(f"{where}: {text!r} is not a number") from None


def _with_numbers(network: Network, numbers: Mapping[str, float]) -> Network:
    """Return a network in which parameters have one value throughout."""
    parameters, levers = dict(network.parameters), dict(network.levers)
    for name, number in numbers.items():
        update: dict[str, Any] = {"value": Number(number)}
        found = network.parameter(name)
        if isinstance(found, Lever):
            levers[name] = found.model_copy(update={**update, "changes": ()})
        else:
            parameters[name] = found.model_copy(update=update)
    return network.model_copy(update={"parameters": parameters, "levers": levers})


def _refuse_out_of_range(network: Network, said: str) -> None:
    examined = Examined(network, Unread(None))
    for rule in (check_values, check_ranges, check_shares):
        for finding in rule(examined):
            raise BadValueError(f"{said}: {examined.key(finding.path)}: {finding.what}; {finding.mend}")
