"""Who gave no answer: "did not respond to requests for comment", "declined to comment", "could not be reached"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vado.claims.figure import ARTICLE
from vado.claims.source_words import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

    from vado.claims.layout import Layout
    from vado.claims.sources import Sources

_NOT = r"(?: not|n[’']t) (?:\w+ )?"
#: The words that say that somebody gave no answer.
NO_ANSWER = re.compile(
    rf"\b(?:(?:did|do|does|has|have|had|would|could){_NOT}(?:respond|reply|return|answer|comment)(?:ed)?(?! on\b)"
    rf"|(?:did|would|could){_NOT}provide comment"
    r"|(?:declined|declines|refused) (?:\w+ )?to (?:comment|answer|be interviewed|discuss|speak|respond)"
    r"|declined (?:an? )?(?:interview|comment)"
    rf"|(?:could|can|would){_NOT}be reached"
    r"|(?:was|were|is) (?:not (?:\w+ )?available|unavailable) for comment"
    r"|failed to (?:respond|reply|answer)"
    r"|(?:gave|had|offered|made) no (?:answer|reply|response|comment|immediate \w+)"
    r"|(?:was|were) not (?:\w+ )?(?:returned|answered)|went unanswered"
    r"|(?:has|have|had) yet to (?:respond|reply|answer)"
    r"|neither [^.;]{3,90}? (?:responded|replied|answered|returned|commented))\b",
    re.I,
)
#: What goes unanswered: the one to whom it was sent is meant.
_REQUESTS = word_set("request call message email e-mail question inquiry phone voicemail letter")


def silent(layout: Layout, sources: Sources) -> list[str]:
    """Return who is said to have given no answer, in the order of the text, each once."""
    found: dict[str, None] = {}
    for match in NO_ANSWER.finditer(layout.text):
        # "Neither … nor … answered": the verb comes last.
        at = match.end() - 1 if match[0].lower().startswith("neither") else match.start()
        tokens = layout.within(at, at + 1)
        if tokens:
            found.update(dict.fromkeys(_named(layout, sources, tokens[0])))
    return list(found)


def _named(layout: Layout, sources: Sources, first: Token) -> list[str]:
    """Return who is the subject of the words that begin at a word."""
    verb = first
    while verb.dep_ in {"aux", "auxpass", "neg"} and verb.head is not verb:
        verb = verb.head
    subjects = [child for child in verb.children if child.dep_ in {"nsubj", "nsubjpass"} and child.i < first.i]
    if not subjects:
        before = layout.doc[layout.bounds[first.i][0] : first.i]
        subjects = [token for token in before if token.dep_ in {"nsubj", "nsubjpass"}][-1:]
    if not subjects:
        return []
    joined = [t for t in subjects[0].subtree if t.dep_ == "conj" and t.i < first.i and t.head.dep_ != "relcl"]
    names = [_name(layout, sources, head) for head in [subjects[0], *joined]]
    return [name for name in names if name]


def _name(layout: Layout, sources: Sources, head: Token) -> str | None:
    if head.lemma_.lower() in _REQUESTS:
        end = layout.bounds[head.i][1]
        to = (t.i for t in layout.doc[head.i + 1 : end] if t.lower_ in {"to", "with", "for", "at"})
        sent = next(to, None)
        source = sources.after(sent + 1, end) if sent is not None else None
    else:
        source = sources.of(head.i)
    return source.name if source and source.name != ARTICLE else None
