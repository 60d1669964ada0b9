"""Claims without a figure that data decide: a ranking, a share in words, a trend, an extreme.

Only what a series could contradict is taken: "the top drivers of migration flows" names an order, "largely focus on" a
share above one half, "sinking approval ratings" a direction, "a record" an extreme. A clause that states its own figure
("fell to 38 percent") leaves the judging to that figure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vado.claims.figure import Claim, ClaimKind, Figure

if TYPE_CHECKING:
    from spacy.tokens import Doc

_COUNTED = (
    r"driver|source|origin|nationalit|countr|group|sender|contributor|destination|sector|corridor|route"
    r"|crossing point|month|year|place of origin"
)
_SERIES = (
    r"ratings?|approval|popularity|numbers?|encounters|crossings?|apprehensions|arrests|arrivals|detentions"
    r"|deaths|applications|requests|flows?|"
    r"migration|returns|deportations|transits|standing|population"
)
_RISE = (
    r"ris(?:e|es|en|ing)|rose|surg(?:e|es|ed|ing)|soar(?:s|ed|ing)?|climb(?:s|ed|ing)?|spik(?:e|ed|ing)"
    r"|grow(?:s|n|ing)?|grew|jump(?:s|ed|ing)?|"
    r"increas(?:e|es|ed|ing)|mount(?:ed|ing)|skyrocket(?:ed|ing)?|improv(?:ed|ing)|rebound(?:ed|ing)?|balloon(?:ed|ing)"
)
_FALL = (
    r"sink(?:s|ing)?|sank|sunk|slip(?:s|ped|ping)?|plummet(?:s|ed|ing)?|plung(?:e|es|ed|ing)|fall(?:s|en|ing)?"
    r"|fell|drop(?:s|ped|ping)?|"
    r"declin(?:e|es|ed|ing)|decreas(?:e|es|ed|ing)|slid(?:e|es|ing)?|tumbl(?:e|es|ed|ing)|crater(?:ed|ing)"
    r"|erod(?:ed|ing)|shr[aiu]nk|dwindl(?:ed|ing)|crumbl(?:ed|ing)"
)
_PATTERNS: tuple[tuple[ClaimKind, int, re.Pattern[str]], ...] = (
    (
        "ranking",
        1,
        re.compile(
            rf"\b(?:top|leading|largest|biggest|main|primary|most common|chief|principal"
            rf"|number[- ]one)\s(?:\w+\s){{0,2}}?(?:{_COUNTED})\w*"
            r"|\b(?:rank(?:s|ed)?|came|come|stood|is|are|was|were|remain(?:s|ed)?)\s(?:in\s)?(?:first|second|third)\b"
            r"|\bmore (?:\w+\s){0,3}than (?:any|those of any|from any)\b|\b(?:outnumber(?:s|ed)?|overtook"
            r"|overtaken)\b|\bbusiest\b",
            re.I,
        ),
    ),
    (
        "share",
        1,
        re.compile(
            r"\b(?:largely|mostly|mainly|predominantly|primarily|chiefly|overwhelmingly)\s(?:focus\w*\s(?:on"
            r"|their)|from|target\w*|concentrat\w+|consist\w*|made up|came|come|are|were)\b"
            r"|\b(?:focus(?:es|ed|ing)?|concentrat(?:es|ed|ing))\s(?:largely|mostly|mainly|primarily"
            r"|overwhelmingly)\son\b"
            r"|\b(?:the\s(?:vast\s|overwhelming\s|great\s)?majority|most|the bulk"
            r"|the lion['’]s share)\sof\s(?:the\s|those\s|all\s|its\s|these\s|them\b)",
            re.I,
        ),
    ),
    (
        "record",
        1,
        re.compile(
            r"\b(?:(?:a|an|the|new|set|sets|hit|broke|reached)\s)(?:all[- ]time\s|new\s)?record\b(?!s?\s(?:show"
            r"|of\s(?:what|who)|keep))|\brecord[- ](?:high|number|numbers|level|levels|setting|breaking)|"
            r"\ball[- ]time high|\b(?:highest|most|largest|busiest)\s(?:\w+\s){0,4}(?:ever|on record"
            r"|in (?:its )?history)\b|\b(?:highest|largest|most)\s(?:\w+\s){0,5}since\b",
            re.I,
        ),
    ),
    (
        "record",
        -1,
        re.compile(
            r"\b(?:record|all[- ]time)[- ]low|\b(?:lowest|fewest|smallest)\s(?:\w+\s){0,5}(?:ever|on record"
            r"|since|in (?:its )?history)\b",
            re.I,
        ),
    ),
    (
        "trend",
        1,
        re.compile(
            rf"\b(?:{_RISE})\s(?:\w+\s){{0,2}}(?:{_SERIES})\b|\b(?:{_SERIES})\s(?:\w+\s){{0,4}}?(?:{_RISE})\b", re.I
        ),
    ),
    (
        "trend",
        -1,
        re.compile(
            rf"\b(?:{_FALL})\s(?:\w+\s){{0,2}}(?:{_SERIES})\b|\b(?:{_SERIES})\s(?:\w+\s){{0,4}}?(?:{_FALL})\b", re.I
        ),
    ),
)
_UNREAL = re.compile(
    r"\b(?:would|could|might|may|should|if|unless|whether|will|hope\w*|fear\w*|want\w*|must|cannot|need\w*)\b", re.I
)

#: A clause with a figure this near is judged by the figure.
NEAR = 60


def claims(doc: Doc, found: Sequence[Figure]) -> list[Claim]:
    """Return the claims of a text, at most one of a kind in a sentence, in order of their place.

    Parameters
    ----------
    doc
        The text as parsed.
    found
        Its figures; a trend, share or record that stands beside one of them is left to it.
    """
    made: list[Claim] = []
    for sentence in doc.sents:
        text = sentence.text
        kinds: set[ClaimKind] = set()
        for kind, direction, pattern in _PATTERNS:
            match = pattern.search(text)
            if match is None or kind in kinds:
                continue
            start, end = sentence.start_char + match.start(), sentence.start_char + match.end()
            beside = any(start - NEAR < figure.start < end + NEAR for figure in found)
            if (beside and kind in {"trend", "share"}) or _UNREAL.search(_clause(text, match.start())):
                continue
            kinds.add(kind)
            begins, ends = _bounds(text, match.start(), match.end())
            made.append(
                Claim(
                    start=sentence.start_char + begins,
                    end=sentence.start_char + ends,
                    words=text.strip(),
                    kind=kind,
                    direction=direction,
                    clause=text[begins:ends],
                )
            )
    return sorted(made, key=lambda claim: claim.start)


def _bounds(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the clause of a match begins and ends: at the next comma, colon or bracket on either side."""
    before = max((text.rfind(sign, 0, start) for sign in ",;:—–()“”\n"), default=-1)
    after = min(
        (at for sign in ",;:—–()“”\n" if (at := text.find(sign, end)) >= 0), default=len(text.rstrip().rstrip("."))
    )
    begins = before + 1 + len(text[before + 1 :]) - len(text[before + 1 :].lstrip())
    return begins, max(end, len(text[:after].rstrip(" .!?\n")))


def _clause(text: str, start: int) -> str:
    """Return the words before a match, back to the last comma or colon."""
    return re.split(r"[,;:—–]", text[:start])[-1]
