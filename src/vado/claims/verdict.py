"""The verdict on a figure: one of six, with its reason in one sentence.

A figure that agrees with what the ledger's source counts *matches* it. One of several published answers is *one source
among several*; between the lowest and the highest it is *within the published range*. A number of the same thing that
does not agree is *outside it*. Whatever the ledger's nearest series counts otherwise, or the text leaves open, is *not
comparable*: no verdict is better than a wrong one. Words, figures and publishers are compared, never persons.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from vado.claims.agreement import TIGHT, Fit, fit, significant_digits, tolerance
from vado.claims.estimates import is_publisher
from vado.claims.figure import Figure, Period, Reading
from vado.claims.rivals import NO_SOURCE, NOT_COMPARABLE, ONE_OF_SEVERAL, OUTSIDE, WITHIN, Evidence, Rival
from vado.claims.wording import during, quantity

#: A reading less certain than this is compared only where the figure itself settles what it is.
LEAST_CONFIDENCE = 0.35

#: Different things that a reason names.
MOST_OTHERS = 4

#: A figure of so many stated digits that equals the ledger's settles an uncertain reading.
SETTLING_DIGITS = 4


@dataclass(frozen=True)
class Verdict:
    """What the ledger says of a figure.

    Parameters
    ----------
    verdict
        ``matches NAME``, ``within the published range``, ``outside it``, ``one source among several``, ``not
        comparable`` or ``no source in the ledger``.
    reason
        One sentence with the ledger's number, its period and its publisher.
    rivals
        What was compared.
    trap
        What a reader must know beside it; empty for nothing.
    model
        What a model of Vado says of it; empty here.
    """

    verdict: str
    reason: str
    rivals: tuple[Rival, ...] = ()
    trap: str = ""
    model: str = ""


def said(verdict: str, reason: str, rivals: Iterable[Rival] = (), trap: str = "") -> Verdict:
    """Return a verdict with its reason made a sentence."""
    # A publisher known by its address keeps its small letter.
    sentence = reason if "." in reason.split(" ")[0] else reason[0].upper() + reason[1:]
    return Verdict(verdict, sentence.rstrip(".") + ".", tuple(rivals), trap)


def judge(figure: Figure, reading: Reading, period: Period, evidence: Evidence) -> Verdict:
    """Return the verdict on a figure.

    Parameters
    ----------
    figure, reading, period
        What is stated, of what, and when.
    evidence
        What :func:`vado.claims.evidence.gather` found.
    """
    if evidence.obstacle is not None:
        return _verdict(evidence.obstacle.verdict, evidence.obstacle.reason, evidence)
    same = evidence.same
    fits = {index: _fit(figure, rival) for index, rival in enumerate(same)}
    agreeing = [rival for index, rival in enumerate(same) if fits[index] in ("agrees", "loose")]
    if reading.confidence < LEAST_CONFIDENCE and not (agreeing and significant_digits(figure) >= SETTLING_DIGITS):
        title = same[0].what if same else reading.measure
        return _verdict(NOT_COMPARABLE, f"it is not certain that the text speaks of {title}", evidence)
    if evidence.kind in ("observers", "estimates", "polls"):
        return _among_several(figure, evidence, same, agreeing, fits)
    if agreeing:
        return _matches(figure, agreeing[0], evidence)
    if any(found == "inside" for found in fits.values()):
        rival = next(rival for index, rival in enumerate(same) if fits[index] == "inside")
        return _inside(figure, rival, evidence)
    return _differs(figure, evidence, fits)


def _fit(figure: Figure, rival: Rival) -> Fit:
    found = fit(figure, rival)
    return "differs" if found == "agrees" and significant_digits(figure) < rival.digits else found


def _matches(figure: Figure, rival: Rival, evidence: Evidence, among: str = "") -> Verdict:
    loose = ""
    if fit(figure, rival) == "loose":
        loose = f", so that “{figure.words}” is true but far from it"
    verdict = among or f"matches {rival.name}"
    doubt = f"{rival.doubt[0].upper()}{rival.doubt[1:]}." if rival.doubt else ""
    note = " ".join(part for part in (rival.note, doubt) if part)
    return _verdict(verdict, f"{_says(rival)}{loose}{_context(evidence)}", evidence, note)


def _inside(figure: Figure, rival: Rival, evidence: Evidence) -> Verdict:
    low, high = rival.low or 0.0, rival.high or math.inf
    narrow = high - low <= 0.1 * high
    verdict = f"matches {rival.name}" if narrow and evidence.kind == "count" else WITHIN
    if not narrow and evidence.kind == "count":
        verdict = NOT_COMPARABLE
    return _verdict(verdict, f"{_says(rival)}{_context(evidence)}", evidence, rival.note)


def _among_several(
    figure: Figure, evidence: Evidence, same: list[Rival], agreeing: list[Rival], fits: dict[int, Fit]
) -> Verdict:
    if figure.bound in ("at most", "less than") and evidence.kind == "estimates":
        return _up_to(figure, evidence, same)
    credited = [rival for rival in same if evidence.credited and _by(rival, evidence)]
    agreeing = sorted(agreeing, key=lambda rival: (_distance(figure, rival), -rival.period_end.toordinal()))
    own = [rival for rival in agreeing if rival in credited]
    if own:
        return _matches(figure, own[0], evidence)
    if agreeing and figure.bound == "between":
        agreeing.sort(key=lambda rival: (rival.low, rival.high) != (figure.value, figure.high))
    if agreeing:
        others = [rival for rival in same if rival not in agreeing and rival.what == agreeing[0].what]
        if evidence.kind == "polls" and not evidence.credited:
            return _range(evidence, same, agreeing)
        if not others and not credited:
            return _matches(figure, agreeing[0], evidence)
        exact = [rival for rival in agreeing if rival.value == figure.value]
        if len(exact) == 1 and significant_digits(figure) >= SETTLING_DIGITS:
            # So many digits can only be this one's, whatever the others have.
            return replace(_several(exact, others or credited, evidence), verdict=f"matches {exact[0].name}")
        return _several(agreeing, others or credited, evidence)
    inside = next((rival for index, rival in enumerate(same) if fits[index] == "inside"), None)
    if inside is not None:
        return _inside(figure, inside, evidence)
    alike = [rival for rival in same if rival.what == same[0].what]
    of_one_pollster = evidence.kind == "polls" and bool(evidence.credited)
    if _in_hull(figure, alike) and not of_one_pollster and (len(alike) > 1 or evidence.kind == "estimates"):
        return _range(evidence, alike, [])
    if len({rival.what for rival in same}) > 1 and _in_hull(figure, same):
        reason = f"the ledger has several counts and none is {quantity(figure.value)}: {_list(same)}"
        return _verdict(NOT_COMPARABLE, reason, evidence)
    return _differs(figure, evidence, fits)


def _up_to(figure: Figure, evidence: Evidence, same: list[Rival]) -> Verdict:
    """Judge "as high as": whether a published number or the upper end of a published interval reaches the figure."""
    margin = tolerance(figure)
    tops = sorted(same, key=_top, reverse=True)
    highest = tops[0]
    reaching = [rival for rival in tops if _top(rival) >= figure.value - margin]
    near = [rival for rival in reaching if rival.value is not None and abs(rival.value - figure.value) <= margin]
    if near:
        return _matches(figure, near[0], evidence, ONE_OF_SEVERAL if len(same) > 1 else "")
    if reaching:
        lowest = min(same, key=_bottom)
        reason = f"{_says(reaching[-1])}, while the lowest of {len(same)} published is {quantity(_bottom(lowest))}"
        return _verdict(WITHIN, reason, evidence, reaching[-1].note)
    if figure.value <= TIGHT * _top(highest):
        return _verdict(WITHIN, f"the highest published is below that limit: {_says(highest)}", evidence, highest.note)
    return _verdict(OUTSIDE, f"no published estimate reaches {quantity(figure.value)}: {_says(highest)}", evidence)


def _several(agreeing: list[Rival], others: list[Rival], evidence: Evidence) -> Verdict:
    low, high = min(others, key=_bottom), max(others, key=_top)
    rest = f"others have {quantity(_bottom(low), low.unit)}"
    if _top(high) != _bottom(low):
        rest += f" to {quantity(_top(high), high.unit)}"
    return _verdict(ONE_OF_SEVERAL, f"{_says(agreeing[0])}, and {rest}{_context(evidence)}", evidence, agreeing[0].note)


def _range(evidence: Evidence, same: list[Rival], agreeing: list[Rival]) -> Verdict:
    first = _says(agreeing[0]) + "; " if agreeing else ""
    return _verdict(WITHIN, f"{first}{_run(same)}{_context(evidence)}", evidence)


def _run(rivals: list[Rival]) -> str:
    """Say from where to where several published numbers run."""
    low, high = min(rivals, key=_bottom), max(rivals, key=_top)
    when = during(min(r.period_start for r in rivals), max(r.period_end for r in rivals))
    ends = f"{quantity(_bottom(low), low.unit)} ({low.name}) to {quantity(_top(high), high.unit)} ({high.name})"
    return f"{len(rivals)} published numbers of {rivals[0].what} {when} run from {ends}"


def _differs(figure: Figure, evidence: Evidence, fits: dict[int, Fit]) -> Verdict:
    """Judge a figure that agrees with nothing of its own kind, by what it equals instead."""
    same = evidence.same
    equals = next((rival for rival in evidence.beside if _equals(figure, rival)), None)
    if equals is not None:
        main = f"{_says(same[0])}; " if same else ""
        number = quantity(figure.value, figure.unit)
        other = f"but {equals.says}" if equals.says else f"{number} is the number of {_scope(equals)}"
        return _verdict(equals.bearing, main + other, evidence)
    if not same:
        return _verdict(NO_SOURCE, "the ledger has nothing of the same kind", evidence)
    if any(found == "unrelated" for found in fits.values()):
        reason = f"{_says(same[0])}, so far from “{figure.words}” that the text probably counts something else"
        return _verdict(NOT_COMPARABLE, reason, evidence)
    if fits and all(found == "undecided" for found in fits.values()):
        return _verdict(NOT_COMPARABLE, f"{_says(same[0])}, which leaves “{figure.words}” open", evidence)
    if evidence.kind == "count" and len({r.period_end for r in same}) > 1 and _in_hull(figure, same):
        when = " or ".join(sorted({during(r.period_start, r.period_end) for r in same[:2]}))
        reason = f"the text leaves open where its period ends: {_says(same[0])}, and it may mean {when}"
        return _verdict(NOT_COMPARABLE, reason, evidence)
    doubtful = min((rival for rival in same if rival.doubt), key=lambda r: _distance(figure, r), default=None)
    if doubtful is not None:
        told = f"{_says(doubtful)}, but {doubtful.doubt}{_others(evidence)}"
        return _verdict(NOT_COMPARABLE, told, evidence)
    credited = [rival for rival in same if evidence.credited and _by(rival, evidence)]
    nearest = min(credited or same, key=lambda rival: _distance(figure, rival))
    if evidence.revised and figure.bound in ("exact", "about") and significant_digits(figure) >= SETTLING_DIGITS:
        away = _distance(figure, nearest)
        if nearest.value and away <= evidence.revised * nearest.value:
            share = quantity(100 * away / nearest.value, "percent")
            reason = f"{_says(nearest)}, {share} from the figure, as far as releases of this source lie apart"
            return _verdict(NOT_COMPARABLE, reason, evidence)
    of_one_pollster = evidence.kind == "polls" and bool(evidence.credited)
    listed = evidence.kind in ("observers", "polls") and len(same) > 1 and not of_one_pollster
    told = _run(same) if listed else _says(nearest)
    others = _others(evidence)
    against = f", against “{figure.words}” in the text"
    return _verdict(OUTSIDE, f"{told}{against}{others}{_context(evidence)}", evidence)


def _equals(figure: Figure, rival: Rival) -> bool:
    enough = significant_digits(figure) >= rival.digits
    return bool(rival.bearing) and enough and figure.bound in ("exact", "about") and fit(figure, rival) == "agrees"


def _scope(rival: Rival) -> str:
    """Return what a neighbour is, for "17,638 is the number of …"."""
    when = during(rival.period_start, rival.period_end)
    return (
        f"{rival.what} {when} ({rival.name})" if rival.scope != when else f"{when.removeprefix('in ')} ({rival.name})"
    )


def _others(evidence: Evidence) -> str:
    """Return what else was counted, where a figure may be of one of these different things."""
    if evidence.kind != "observers":
        return ""
    told = dict.fromkeys(
        f"{quantity(_top(rival), rival.unit)} {rival.what} {during(rival.period_start, rival.period_end)}"
        for rival in evidence.beside
    )
    return f"; different things are {', '.join(list(told)[:MOST_OTHERS])}" if told else ""


def _distance(figure: Figure, rival: Rival) -> float:
    return math.inf if rival.value is None else abs(rival.value - figure.value)


def _by(rival: Rival, evidence: Evidence) -> bool:
    if evidence.kind == "polls":
        return True
    return is_publisher(rival.name, evidence.credited)


def _in_hull(figure: Figure, rivals: list[Rival]) -> bool:
    if not rivals:
        return False
    low, high = min(map(_bottom, rivals)), max(map(_top, rivals))
    margin = tolerance(figure)
    if figure.bound in ("at least", "more than"):
        return low / TIGHT <= figure.value <= high
    if figure.bound in ("at most", "less than"):
        return low <= figure.value <= high * TIGHT
    upper = figure.high if figure.bound == "between" and figure.high is not None else figure.value
    return low - margin <= figure.value and upper <= high + margin


def _bottom(rival: Rival) -> float:
    ends = [end for end in (rival.value, rival.low) if end is not None]
    return min(ends) if ends else -math.inf if rival.high is None else rival.high


def _top(rival: Rival) -> float:
    ends = [end for end in (rival.value, rival.high) if end is not None]
    return max(ends) if ends else math.inf if rival.low is None else rival.low


def _says(rival: Rival) -> str:
    """Return a clause that states a rival's number, publisher and period."""
    if rival.says:
        return rival.says
    when = during(rival.period_start, rival.period_end)
    if rival.value is None:
        ends = [quantity(end, rival.unit) for end in (rival.low, rival.high) if end is not None]
        return f"{rival.name} has between {' and '.join(ends)} {rival.what} {when}"
    return f"{rival.name} has {quantity(rival.value, rival.unit)} {rival.what} {when}"


def _list(rivals: list[Rival]) -> str:
    return "; ".join(_says(rival) for rival in rivals[:4])


def _context(evidence: Evidence) -> str:
    return f"; {evidence.context}" if evidence.context else ""


def _verdict(verdict: str, reason: str, evidence: Evidence, note: str = "") -> Verdict:
    return said(verdict, reason, evidence.rivals, " ".join(part for part in (note, *evidence.notes) if part))
