"""The outlet through which a statement came: "told the Rio Ledger", "in an interview with", "on NBC’s".

An outlet need not be known: whoever is told something and is neither a person, a court nor a committee is one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vado.claims.source_words import ORGANISATION_WORDS, word_set

if TYPE_CHECKING:
    from vado.claims.antecedents import Source
    from vado.claims.clause import Clause
    from vado.claims.layout import Layout
    from vado.claims.names import Mention, Names

_TALK = re.compile(
    r"\b(?:interview(?:ed)?|conversation|talk|call|chat|remarks|comments|statement|e-?mail|message|appearance|segment"
    r"|spoke|speaking|speaks|talking|talked|appearing|appeared)\s+(?:\w+ )?(?:with|to|on|for|by)\s+(?:the )?",
    re.I,
)
_ON_AIR = re.compile(r"\b(?:[Oo]n|(?:wrote|writing|writes|published|appeared) in|column in|essay in)\s+(?:the |an? )?")
_SEEN = re.compile(r"\b(?:obtained|reviewed|seen|viewed|examined|analy[sz]ed) by (?:the )?")
_PAPERS = word_set("newspaper paper station network outlet magazine channel broadcaster program programme site")
#: Words of a name that is told something and is no outlet.
_AUDIENCES = word_set(
    "court committee council commission congress senate house parliament board panel assembly hearing judge "
    "department patrol chamber club university legislature conference jury police tribunal subcommittee union "
    "agency"
)
#: A station's number has at most so many digits.
_CHANNEL = 3


def outlet_of(credits: list[tuple[Source, Clause | None]], layout: Layout, names: Names) -> str | None:
    """Return the outlet of a credit, its innermost part first; None where the text names none."""
    for source, clause in credits:
        if source.outlet:
            return source.name
        found = _outlet(clause, layout, names) if clause else None
        if found:
            return found
    return None


def _outlet(clause: Clause, layout: Layout, names: Names) -> str | None:
    """Return the outlet in the sentence of a reporting clause."""
    found = _told(clause.told, layout, names) if clause.told is not None else None
    if found:
        return found
    sentence = layout.doc[slice(*layout.bounds[clause.cue])]
    for pattern in (_TALK, _SEEN, _ON_AIR):
        for match in pattern.finditer(sentence.text):
            at = sentence.start_char + match.end()
            tokens = layout.within(at, at + 1)
            mention = names.at(tokens[0].i) if tokens else None
            known = mention is not None and names.kind(mention) == "outlet"
            unlike = mention is None or bool(set(mention.parts) & ORGANISATION_WORDS)
            if not tokens or (pattern is _ON_AIR and not known) or (pattern is _SEEN and unlike):
                continue
            found = _told(tokens[0].i, layout, names)
            if found:
                return found
    return None


def _told(i: int, layout: Layout, names: Names) -> str | None:
    """Return the outlet named from word ``i`` on; None for a court, a committee or a person."""
    doc, j = layout.doc, i
    while j < min(i + 6, layout.bounds[i][1]) and not names.at(j):
        if doc[j].lower_ in _PAPERS and not names.at(j + 1):
            break
        if doc[j].pos_ in {"VERB", "AUX", "ADP"} or doc[j].text in {",", ":", "."}:
            return None
        j += 1
    mention = names.at(j)
    if mention is None:
        # "told the newspaper"
        earlier = [m for m in names.mentions if m.end <= i and names.kind(m) == "outlet"]
        paper = any(t.lower_ in _PAPERS for t in doc[i : i + 3])
        return names.full(earlier[-1]) if paper and earlier else None
    person = names.kind(mention) == "person" and (mention.title or len(names.full(mention).split()) > 1)
    if person or set(mention.parts) & _AUDIENCES or doc[mention.start].ent_type_ in {"DATE", "TIME"}:
        return None
    return _with_programme(mention, layout, names)


def _with_programme(mention: Mention, layout: Layout, names: Names) -> str:
    """Return an outlet's name with that of its programme: abc27’s “Border Report”."""
    doc, end, closing = layout.doc, mention.end, layout.bounds[mention.start][1]
    if end < closing and doc[end].is_digit and len(doc[end]) <= _CHANNEL:
        end += 1
    if end + 1 < closing and doc[end].text in {"’s", "'s"} and doc[end + 1].text in {"“", '"'}:
        mark = next((j for j in range(end + 2, min(end + 10, closing)) if doc[j].text in {"”", '"'}), end)
        end = mark
    elif end + 1 < closing and doc[end].text in {"’s", "'s"} and names.at(end + 1):
        following = names.at(end + 1)
        end = following.end if following else end
    if end == mention.end:
        return names.full(mention)
    return " ".join(re.sub(r"[“”\"]", "", doc[mention.start : end].text).split())
