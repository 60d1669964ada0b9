"""The errors that Vado raises on purpose.

All of them mean: the input cannot be used as it stands. Their message is one line that says what, where and
how to mend it, for a description one line a fault; the command line prints it and exits with code 2.

::

    VadoError
    ├── UnknownNameError    a command, measure, place, nationality, … that does not exist
    ├── BadValueError       a date, number or setting outside what is allowed
    ├── KindError           figures that must not be added or joined (events to people, stocks to flows, rivals)
    └── BadFileError        a file that cannot be read, or lacks what it must hold
        └── DescriptionError    a description of a system with faults, each with its line and its mend
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class VadoError(Exception):
    """Something in the input cannot be used; the message says what, where and the mend."""


class UnknownNameError(VadoError):
    """A name that is not among the valid ones; the message offers the nearest.

    Parameters
    ----------
    what
        The sort of name, in words: ``"measure"``, ``"nationality"``.
    name
        What was given.
    valid
        All names that would have been accepted.

    Examples
    --------
    >>> print(UnknownNameError("measure", "sw_encounter", ["sw_encounters", "mx_events"]))
    unknown measure 'sw_encounter'; did you mean 'sw_encounters'?
    """

    def __init__(self, what: str, name: str, valid: Iterable[str]) -> None:
        choices = sorted(valid)
        near = nearest(name, choices)
        mend = f"did you mean {near!r}?" if near else f"choose one of: {', '.join(choices)}"
        super().__init__(f"unknown {what} {name!r}; {mend}")


class BadValueError(VadoError):
    """A date, number or setting outside what is allowed."""


class KindError(VadoError):
    """Figures that must not be added or joined, with the reason."""


class BadFileError(VadoError):
    """A file that cannot be read, or that lacks what it must hold."""


@dataclass(frozen=True)
class Fault:
    """One thing in a description that cannot stand.

    Parameters
    ----------
    file
        The file's name; empty for a description made in Python.
    line
        The line in it, from 1; 0 for a description made in Python.
    key
        The key, from the top, with a station's id in the place of its number in the list; may be empty.
    what
        What is wrong.
    mend
        How to mend it.

    Examples
    --------
    >>> print(Fault("eu.yaml", 31, "stations.camp.capacity", "-5 persons/day is below 0", "give 0 or more"))
    eu.yaml:31: stations.camp.capacity: -5 persons/day is below 0; give 0 or more
    """

    file: str
    line: int
    key: str
    what: str
    mend: str

    def __str__(self) -> str:
        """Return the fault as one line."""
        where = f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""
        key = f"{self.key}: " if self.key else ""
        return f"{where}{key}{self.what}; {self.mend}"


class DescriptionError(BadFileError):
    """A description with faults; its text has one line a fault.

    Parameters
    ----------
    faults
        The faults, in any order.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        #: The faults by file and line.
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.file, fault.line)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """Return the valid name most like ``name``, case ignored, or None if nothing is near.

    >>> nearest("hti", ["HTI", "HND"])
    'HTI'
    """
    by_key = {choice.casefold(): choice for choice in valid}
    found = difflib.get_close_matches(name.casefold(), by_key, n=1, cutoff=0.6)
    return by_key[found[0]] if found else None
