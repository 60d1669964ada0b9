"""The errors that Vado raises on purpose.

All of them mean: the input cannot be used as it stands. Their message is one line that says what, where and
how to mend it; the command line prints that line and exits with code 2.

::

    VadoError
    ├── UnknownNameError    a command, measure, place, nationality, … that does not exist
    ├── BadValueError       a date, number or setting outside what is allowed
    ├── KindError           figures that must not be added or joined (events to people, stocks to flows, rivals)
    └── BadFileError        a file that cannot be read, or lacks what it must hold
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


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


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """Return the valid name most like ``name``, case ignored, or None if nothing is near.

    >>> nearest("hti", ["HTI", "HND"])
    'HTI'
    """
    by_key = {choice.casefold(): choice for choice in valid}
    found = difflib.get_close_matches(name.casefold(), by_key, n=1, cutoff=0.6)
    return by_key[found[0]] if found else None
