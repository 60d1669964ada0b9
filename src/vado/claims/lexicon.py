"""How measures are worded: which measure a figure's words speak for, with a confidence (``measures.yaml``).

Each measure has words that name what is counted (its core), words of place or body without which these mean something
else, and words for and against. A word near the figure weighs more than one elsewhere in the sentence, and that more
than one in the sentences before; the heaviest measure is read, and the distance to the next is its confidence.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

import yaml

#: Weight of a word by where it stands: near the figure, in its sentence, in the two sentences before, in the rest of
#: the paragraph or its heading, before in the text, after in the text.
WEIGHTS = (3.0, 2.4, 1.3, 0.9, 0.5, 0.3)
NEEDED = (1.2, 1.1, 0.8, 0.7, 0.45, 0.4)
AID = (0.5, 0.35, 0.15, 0.05, 0.02)
AGAINST = (2.4, 1.4, 0.2)

#: Words that name one measure only weigh more than those that several share.
DISTINCT = 0.9

#: What is taken off where the words that must stand in the text come only after the figure.
LATER = 1.0

#: Above the first weight a measure may be what a figure of many digits turns out to be; above the second it is read.
LOWEST = 0.9
LEAST = 1.7


@dataclass(frozen=True)
class Wording:
    """How one measure is worded.

    Parameters
    ----------
    name
        Its key in the lexicon.
    measure
        Measure of the ledger, ``approval``, ``disapproval`` or ``votes``; None for what the ledger does not hold.
    core, needs, must, aid, against, near
        Compiled words; ``must`` has to stand in the text, ``needs`` too, with a weight by its place, ``near``
        beside the figure. Empty where there is no such condition.
    units
        Kinds of figure that it can be; empty for all.
    until
        Last day of a period that it can speak of, where it speaks of no later one.
    dates
        First and last day that it can be about.
    distinct
        Whether its core names nothing else.
    local
        Whether its core and its needs must stand in the figure's own sentence or the one before.
    """

    name: str
    measure: str | None
    core: re.Pattern[str]
    needs: re.Pattern[str] | None = None
    must: re.Pattern[str] | None = None
    aid: tuple[re.Pattern[str], ...] = ()
    against: re.Pattern[str] | None = None
    near: re.Pattern[str] | None = None
    units: frozenset[str] = field(default_factory=frozenset)
    until: dt.date | None = None
    dates: tuple[dt.date, dt.date] | None = None
    distinct: bool = False
    local: bool = False


@dataclass(frozen=True)
class Weighed:
    """A measure with the weight of the words for it, and the word that counted most."""

    wording: Wording
    weight: float
    because: str


@functools.cache
def wordings() -> tuple[Wording, ...]:
    """Return the lexicon in its order."""
    content = yaml.safe_load((files(__package__) / "measures.yaml").read_text(encoding="utf-8"))
    return tuple(_wording(name, entry) for name, entry in content.items())


def _wording(name: str, entry: Mapping[str, object]) -> Wording:
    def words(key: str) -> re.Pattern[str] | None:
        listed = entry.get(key)
        return _any(listed) if isinstance(listed, Sequence) and listed else None

    core = words("core")
    assert core is not None
    dates = entry.get("dates")
    until = entry.get("until")
    aid = entry.get("aid") or ()
    units = entry.get("units") or ()
    measure = entry.get("measure", name)
    assert isinstance(aid, Sequence)
    assert isinstance(units, Sequence)
    return Wording(
        name=name,
        measure=str(measure) if measure is not None else None,
        core=core,
        needs=words("needs"),
        must=words("must"),
        aid=tuple(_any([word]) for word in aid),
        against=words("not"),
        near=words("near"),
        units=frozenset(map(str, units)),
        until=until if isinstance(until, dt.date) else None,
        dates=(dates[0], dates[1]) if isinstance(dates, Sequence) else None,
        distinct=bool(entry.get("distinct", False)),
        local=bool(entry.get("local", False)),
    )


def _any(words: Sequence[object]) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<!\w)(?:{word})" for word in words), re.IGNORECASE)


def weigh(
    windows: Sequence[str],
    *,
    unit: str,
    days: tuple[dt.date | None, dt.date | None],
    carried: Mapping[str, float] | None = None,
) -> list[Weighed]:
    """Return the measures that the words speak for, the heaviest first.

    Parameters
    ----------
    windows
        Six texts: near the figure, its sentence, the two sentences before, the rest of the paragraph with its heading,
        the text before and the text after.
    unit
        The figure's unit.
    days
        First and last day that the figure is about, or the article's date twice where they are open.
    carried
        What the figure inherits from those before it: names of wordings, with a weight.
    """
    inherited = carried or {}
    found = [
        w for wording in wordings() if (w := _weigh(wording, windows, unit, days, inherited.get(wording.name, 0.0)))
    ]
    return sorted(found, key=lambda w: -w.weight)


def confidence(ranked: Sequence[Weighed]) -> float:
    """Return how sure the heaviest measure is: by its weight, and by its distance to the next one that differs."""
    if not ranked:
        return 0.0
    first = ranked[0]
    rival = next((w.weight for w in ranked[1:] if w.wording.measure != first.wording.measure), 0.0)
    strength: float = 1 - 2.0 ** (-first.weight / 1.8)
    return round(min(0.99, strength * (0.6 + 0.4 * min(1.0, (first.weight - rival) / 1.5))), 2)


def _weigh(
    wording: Wording,
    windows: Sequence[str],
    unit: str,
    days: tuple[dt.date | None, dt.date | None],
    carried: float,
) -> Weighed | None:
    if (wording.units and unit not in wording.units) or (unit == "vote" and "vote" not in wording.units):
        return None
    start, end = days
    if wording.until is not None and (end is None or end > wording.until):
        return None
    if (
        wording.dates is not None
        and end is not None
        and not ((start or end) <= wording.dates[1] and end >= wording.dates[0])
    ):
        return None
    if wording.must is not None and not any(wording.must.search(text) for text in windows):
        return None
    if wording.near is not None and not wording.near.search(windows[0]):
        return None
    reach = 3 if wording.local else len(windows)
    weight, because = _best(wording.core, windows[:reach], WEIGHTS)
    own = 1.0 if weight >= WEIGHTS[1] else 0.6 if weight >= WEIGHTS[2] else 0.0
    if carried and not wording.local:
        # What goes on from the figure before need not be named again.
        weight, because = weight + carried, because or "as before"
    if not weight:
        return None
    if wording.distinct:
        weight += DISTINCT * own
    if wording.needs is not None:
        needed, _ = _best(wording.needs, windows[:reach], NEEDED)
        if not needed and not carried:
            return None
        weight += needed or 0.4
    else:
        weight += 0.6
    weight += min(1.6, sum(_best(pattern, windows, AID)[0] for pattern in wording.aid))
    if wording.must is not None and not any(wording.must.search(text) for text in windows[:5]):
        # Named only later in the text, which a headline may do and a change of subject does as well.
        weight -= LATER
    if wording.against is not None:
        weight -= _best(wording.against, windows, AGAINST)[0]
    return Weighed(wording, weight, because) if weight >= LOWEST else None


def _best(pattern: re.Pattern[str], windows: Sequence[str], weights: Sequence[float]) -> tuple[float, str]:
    """Return the weight of the nearest window that holds the words, and what stands there."""
    for text, weight in zip(windows, weights, strict=False):
        if weight and (match := pattern.search(text)):
            return weight, match[0]
    return 0.0, ""
