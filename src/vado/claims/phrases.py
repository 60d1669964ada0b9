"""Noun phrases in which a source is named: where they begin and end, and which name stands beside a noun.

Read from the order of words more than from the tree, whose errors in names with "and", in apposition and after commas
are many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vado.claims.names import Mention, Names
from vado.claims.source_words import WRITTEN, lemma, word_set

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

#: Words that point back to what was named before.
BACK = frozenset({"the", "this", "that", "these", "those", "same", "said", "latter"})
_STRIPPED = BACK | word_set("own a an our my his her its their your one certain such")
_ARTICLES = frozenset({"the", "a", "an"})
_POSSESSIVE = frozenset({"’s", "'s", "’", "'"})
_SHOWING = frozenset({"show", "shows", "say", "says", "suggest", "suggests"})
_ENDS = frozenset({",", ".", "”", '"', ":", "—"})


class Phrases:
    """The noun phrases of one text.

    Parameters
    ----------
    doc
        The text with its grammar.
    names
        Its names.
    quoted
        For each word whether it stands between quotation marks.
    bounds
        For each word the words of its sentence, ``(start, end)``.
    """

    def __init__(self, doc: Doc, names: Names, quoted: list[bool], bounds: list[tuple[int, int]]) -> None:
        self.doc, self.names, self.quoted, self.bounds = doc, names, quoted, bounds
        order = {start: number for number, start in enumerate(sorted({start for start, _ in bounds}))}
        self._sentence = [order[start] for start, _ in bounds]

    def apart(self, i: int, j: int) -> int:
        """Return how many sentences word ``i`` stands after word ``j``."""
        return self._sentence[i] - self._sentence[j]

    def possessive(self, i: int) -> bool:
        """Whether word ``i`` is a mark of possession."""
        return 0 <= i < len(self.doc) and self.doc[i].text in _POSSESSIVE

    def left(self, i: int) -> list[Token]:
        """Return the words of a noun phrase before its head at word ``i``."""
        doc, low = self.doc, i
        while low > self.bounds[i][0]:
            word = doc[low - 1]
            if word.text in {"-", "/"} and doc[low - 2].whitespace_ and word.whitespace_:
                # A dash after a dateline, no hyphen.
                break
            if word.text == ")" and low > 2 and doc[low - 3].text == "(" and self.names.at(low - 2):
                low -= 3
                continue
            joins = word.pos_ in {"DET", "ADJ", "NOUN", "PROPN", "PART", "NUM", "ADV"}
            joins = joins or word.tag_ in {"VBN", "VBG", "PRP$"} or bool(self.names.at(low - 1))
            joins = joins or word.text in _POSSESSIVE | {"-", "/"}
            clause = word.text in {"that", "to", "not"} and word.tag_ != "DT"
            if not joins or clause or word.text in {"–", "—"}:
                break
            low -= 1
            if word.lower_ in _ARTICLES and word.tag_ == "DT":
                # "On the western route the agency counted": an article begins its phrase.
                break
            if word.pos_ == "DET" and low and doc[low - 1].pos_ in {"VERB", "ADP", "AUX", "PUNCT"}:
                break
        return [doc[j] for j in range(low, i)]

    def start(self, i: int) -> int:
        """Return the first word of the noun phrase whose head, or the last word of whose name, is word ``i``."""
        mention = self.names.at(i)
        low = mention.start if mention else i
        left = self.left(low)
        return left[0].i if left else low

    def points_back(self, i: int) -> bool:
        """Whether a noun goes with "the", "this", "the same"."""
        return any(word.lower_ in BACK for word in self.left(i))

    def text(self, i: int) -> str:
        """Return a noun phrase up to its head, without article and possessor's pronoun."""
        words = self.left(i)
        while words and (words[0].lower_ in _STRIPPED or words[0].tag_ == "PRP$" or words[0].pos_ == "ADV"):
            words = words[1:]
        return " ".join(self.doc[words[0].i if words else i : i + 1].text.split())

    def qualified(self, i: int) -> list[Token]:
        """Return the words before a noun that say which one it is."""
        return [t for t in self.left(i) if t.lower_ not in _STRIPPED and t.text not in _POSSESSIVE]

    def of_what(self, i: int) -> str:
        """Return what follows a noun with "of" or "for", a blank before it: " of the interior"."""
        doc, end = self.doc, i + 2
        if end >= len(doc) or doc[i + 1].lower_ not in {"of", "for"}:
            return ""
        while end < len(doc) and (doc[end].pos_ in {"DET", "ADJ", "NOUN", "PROPN"} or self.names.at(end)):
            end += 1
        return " " + doc[i + 1 : end].text if end > i + 2 else ""

    def ends(self, i: int) -> bool:
        """Whether a noun is the last of its phrase, not one before another noun or a possessive."""
        after = self.doc[i + 1] if i + 1 < len(self.doc) else None
        if after is None or after.lower_ in _SHOWING:
            return True
        return after.pos_ not in {"NOUN", "PROPN"} and after.text not in _POSSESSIVE

    def leads_on(self, mention: Mention) -> bool:
        """Whether a name only qualifies the noun after it: "CBP data", "Gallup's survey"."""
        if mention.end >= len(self.doc):
            return False
        after = self.doc[mention.end]
        if after.lower_ in _SHOWING and after.tag_ in {"NN", "NNS"} and mention.start and after.head.dep_ == "prep":
            return False
        if after.text in _POSSESSIVE and after.dep_ == "case":
            return True
        if after.pos_ != "NOUN":
            return False
        head = self.doc[mention.end - 1]
        qualifies = head.dep_ in {"compound", "nmod", "amod", "poss"} and head.head.i >= after.i
        return lemma(after) in WRITTEN or (after.text.islower() and qualifies)

    def beside(self, i: int) -> Mention | None:
        """Return the person named right after a noun: "the flight monitor Tom Cartwright"."""
        following = self.names.at(i + 1)
        if following and following.start == i + 1 and self.names.kind(following) == "person":
            return following
        for child in self.doc[i].children:
            mention = self.names.at(child.i)
            if child.dep_ == "appos" and mention and self.names.kind(mention) == "person":
                return mention
        return None

    def between_commas(self, i: int) -> Mention | None:
        """Return the name between commas right after a noun: "the railroad, Ferromex, said"."""
        if i + 2 >= len(self.doc) or self.doc[i + 1].text != ",":
            return None
        first = i + 2 + (self.doc[i + 2].lower_ == "the")
        mention = self.names.at(first)
        if mention is None or mention.start != first or self.doc[mention.end : mention.end + 1].text != ",":
            return None
        return mention if self.names.kind(mention) in {"organisation", "person"} else None

    def addressed(self, mention: Mention) -> Mention | None:
        """Return the person whom the sentence speaks of, where this name only calls to a hearer at its head.

        "Dana, the head of the patrol, Raul Ortiz, stood": two names of persons cannot be one subject.
        """
        doc, (opening, closing) = self.doc, self.bounds[mention.start]
        alone = (
            len(mention.parts) == 1 and mention.start <= opening + 1 and doc[mention.end : mention.end + 1].text == ","
        )
        if not alone or self.names.kind(mention) != "person":
            return None
        for j in range(mention.end + 1, closing):
            if doc[j].pos_ in {"VERB", "AUX"}:
                return None
            other = self.names.at(j)
            if other and self.names.kind(other) == "person" and self.names.full(other) != self.names.full(mention):
                return other
        return None

    def apposed(self, i: int) -> Mention | None:
        """Return the person whom a calling describes: "the owner, Nestor Galvis," "Marta Ollivier, a spokeswoman"."""
        return self.beside(i) or self._apposed_after(i) or self._apposed_before(i)

    def _apposed_after(self, i: int) -> Mention | None:
        doc = self.doc
        for j in range(i + 1, min(i + 9, self.bounds[i][1])):
            if doc[j].text == ",":
                for k in (j + 1, j + 2):
                    mention = self.names.at(k)
                    if mention is None or mention.start != k or self.names.kind(mention) != "person":
                        continue
                    if mention.end >= len(doc) or doc[mention.end].text in _ENDS:
                        return mention
                return None
            if doc[j].pos_ in {"VERB", "AUX"}:
                return None
        return None

    def _apposed_before(self, i: int) -> Mention | None:
        doc = self.doc
        for j in range(i - 1, max(i - 10, self.bounds[i][0]), -1):
            mention = self.names.at(j - 1)
            if doc[j].text == "," and mention:
                opened = doc[j + 1].lower_ in {"a", "an", "the", "its", "their", "another"} or j + 1 == i
                return mention if opened and self.names.kind(mention) == "person" else None
            if doc[j].pos_ in {"VERB", "AUX", "PUNCT"}:
                return None
        return None
