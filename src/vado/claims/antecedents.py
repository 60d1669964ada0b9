"""What "she", "the mayor", "the agency" and "the report" go back to: the last source that fits.

Persons are found by their titles and by what stands beside their names; organisations also where small letters describe
them ("the homeland security department"). The subject of a sentence comes before what else it names.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vado.claims.figure import ARTICLE
from vado.claims.names import Mention
from vado.claims.phrases import Phrases
from vado.claims.source_words import (
    FEMALE,
    MALE,
    NO_AGENCY,
    OF_A_KIND,
    ORGANISATIONS,
    POLLS,
    SIZES,
    TITLED,
    bare,
    is_person_noun,
    lemma,
)

if TYPE_CHECKING:
    from spacy.tokens import Token

_SUBJECT = frozenset({"nsubj", "nsubjpass"})


@dataclass(frozen=True)
class Source:
    """Who is credited, where a text names them.

    Parameters
    ----------
    name
        Name in the fullest form of the text, or ``ARTICLE`` for a document that nobody owns.
    role
        As in :class:`vado.claims.figure.Credit`.
    at
        Word that names it.
    outlet
        Whether the source is itself a newspaper, station or wire.
    named
        Whether it goes by a name rather than a description.
    """

    name: str
    role: str
    at: int
    outlet: bool = False
    named: bool = True


class Antecedents:
    """The sources to which later phrases of a text can go back.

    Parameters
    ----------
    phrases
        The text's noun phrases.
    """

    def __init__(self, phrases: Phrases) -> None:
        self.phrases, self.doc, self.names = phrases, phrases.doc, phrases.names
        self._credited: list[Source] = []
        self._described: dict[str, str] = {}
        self._roles = self._find_roles()
        self._bodies = self._find_bodies()
        self._body_at = {body.at: body for body in self._bodies}

    def remember(self, source: Source) -> None:
        """Keep a source that was credited, as one to which "it" and "the report" may go back."""
        if source.name != ARTICLE:
            insort(self._credited, source, key=lambda one: one.at)

    def named(self, mention: Mention) -> Source:
        """Return the source that a name names, in its fullest form."""
        kind, name = self.names.kind(mention), self.names.full(mention)
        name = self._described.get(name, name)
        poll = bare(name.split()[-1]) in POLLS
        role = "person" if kind == "person" else "poll" if poll else "organisation"
        return Source(name, role, mention.end - 1, outlet=kind == "outlet" and not poll)

    def body_at(self, i: int) -> Source | None:
        """Return the organisation that word ``i`` describes in small letters, if it does."""
        return self._body_at.get(i)

    def credited(self, i: int, sentences: int | None = None) -> list[Source]:
        """Return the sources credited before word ``i``, at most so many sentences before it."""
        before = [source for source in self._credited if source.at < i]
        return [s for s in before if sentences is None or self.phrases.apart(i, s.at) <= sentences]

    def document(self, i: int, noun: str) -> Source | None:
        """Return the owner of the document that "the report" at word ``i`` goes back to."""
        earlier = [source for source in self.credited(i) if source.role != "person"]
        same = [s for s in earlier if lemma(self.doc[s.at]) == noun or (noun in POLLS and s.role == "poll")]
        near = [s for s in earlier if self.phrases.apart(i, s.at) <= 3]
        return replace((same or near)[-1], at=i) if same or near else None

    def group(self, i: int, word: str) -> Source | int | None:
        """Return the source of "it" or "they", or the word that heads its phrase."""
        here = self._subject_of_sentence(i) if word == "it" else None
        if here is not None:
            return here
        kept = [s for s in self.credited(i, 3) if s.role != "person" and (word == "it" or not s.outlet)]
        if kept:
            return replace(kept[-1], at=i)
        j = i - 1
        while word == "they" and j >= 0 and self.phrases.apart(i, j) <= 1:
            if self.doc[j].dep_ == "nsubj" and self.doc[j].tag_ == "NNS" and is_person_noun(self.doc[j].lower_):
                return j
            j -= 1
        before = [body for body in self._bodies if body.at < i]
        body = self.body(i, "")
        return body if body and before and self.phrases.apart(i, before[-1].at) <= 2 else None

    def _subject_of_sentence(self, i: int) -> int | None:
        """Return the organisation that is the first subject before "it": "The ministry erred, it said"."""
        before = self.doc[self.phrases.bounds[i][0] : i]
        if any(token.text == ";" for token in before):
            return None
        subject = next((token for token in before if token.dep_ in _SUBJECT), None)
        if subject is None or self.phrases.quoted[subject.i] != self.phrases.quoted[i]:
            return None
        mention = self.names.at(subject.i)
        body = subject.tag_ == "NN" and lemma(subject) in ORGANISATIONS and self.phrases.points_back(subject.i)
        return subject.i if body or (mention and self.names.kind(mention) == "organisation") else None

    def owner(self, i: int) -> Source | None:
        """Return the organisation that "its" or "their" at word ``i`` goes back to, first in its own sentence."""
        here = [body for body in self._bodies if body.at < i and self.phrases.apart(i, body.at) == 0]
        subjects = [body for body in here if self.doc[body.at].dep_ in _SUBJECT]
        if here:
            return replace((subjects or here)[-1], at=i)
        found = self.group(i, "it")
        if isinstance(found, Source):
            return found
        recent = [source for source in self.credited(i) if source.role != "person"]
        return replace(recent[-1], at=i) if recent else self.body(i, "")

    def body(self, i: int, noun: str) -> Source | None:
        """Return the last organisation before word ``i``, one whose name holds the noun first."""
        before = [body for body in self._bodies if body.at < i and not body.outlet]
        if noun:
            same = [body for body in before if noun in bare(body.name).split() or noun == lemma(self.doc[body.at])]
            if same:
                return replace(same[-1], at=i)
            if noun in OF_A_KIND:
                return None
        before = [body for body in before if not NO_AGENCY.intersection(bare(body.name).split())]
        if not before:
            return None
        nearest = before[-1].at
        here = [body for body in before if self.phrases.apart(nearest, body.at) == 0]
        spoke = [s for s in self.credited(i) if self.phrases.apart(nearest, s.at) == 0 and s.role != "person"]
        subjects = [body for body in here if self.doc[body.at].dep_ in _SUBJECT]
        return replace((spoke or subjects or here)[-1], at=i)

    def body_just_named(self, i: int) -> Source | None:
        """Return the organisation that was named in this sentence or the one before word ``i``."""
        near = any(b.named and b.at < i and self.phrases.apart(i, b.at) <= 1 for b in self._bodies)
        return self.body(i, lemma(self.doc[i])) if near else None

    def person(self, i: int, pronoun: str = "") -> Source | int | None:
        """Return the last person before word ``i``, or the word that heads the phrase of one without a name."""
        quoted = self.phrases.quoted
        wrong = {"she": MALE, "he": FEMALE}.get(pronoun, frozenset())
        people = [m for m in self.names.people() if m.end <= i and quoted[m.start] <= quoted[i]]
        people = [m for m in people if self.phrases.addressed(m) is None]
        people = [m for m in people if not self._roles.get(self.names.full(m), set()) & wrong] or people
        marks: list[tuple[int, Mention | None]] = [(m.end - 1, m) for m in people]
        for token in self.doc[max(0, i - 60) : i]:
            unnamed = token.dep_ == "nsubj" and token.tag_ == "NN" and is_person_noun(token.lower_)
            heard = quoted[token.i] <= quoted[i] and not self.names.at(token.i)
            if unnamed and heard and not self.phrases.apposed(token.i):
                marks.append((token.i, None))
        if not marks:
            return None
        marks.sort(key=lambda mark: mark[0])
        nearest = marks[-1][0]
        here = [mark for mark in marks if self.phrases.apart(nearest, mark[0]) == 0]
        subjects = [mark for mark in here if self.doc[mark[0]].dep_ == "nsubj"] or here
        j, mention = subjects[-1] if self.phrases.apart(i, nearest) == 0 else subjects[0]
        return replace(self.named(mention), at=i) if mention else j

    def person_with_role(self, i: int) -> Source | None:
        """Return the person whom "the mayor" at word ``i`` means: the last one before, or the first after."""
        token, noun = self.doc[i], lemma(self.doc[i])
        known = {full for full, roles in self._roles.items() if noun in roles or token.lower_ in roles}
        fitting = [m for m in self.names.people() if self.names.full(m) in known]
        before = [m for m in fitting if m.start < i] or [m for m in fitting if m.start > i][:1]
        before = self._of_the_same_land(before, i) or before
        return replace(self.named(before[-1]), at=i) if before else None

    def _of_the_same_land(self, people: list[Mention], i: int) -> list[Mention]:
        """Return those beside whose name the land stands that a phrase names: "the Mexican president"."""

        def lands(words: list[Token]) -> set[str]:
            return {t.lower_[:5].rstrip(".") for t in words if t.text[:1].isupper()}

        wanted = lands(self.phrases.left(i))
        return [m for m in people if wanted & lands(list(self.doc[max(0, m.start - 6) : m.start]))]

    def _find_roles(self) -> dict[str, set[str]]:
        """Return for each person the words that say what they are."""
        roles: dict[str, set[str]] = {}
        doc = self.doc
        for mention in self.names.people():
            words = roles.setdefault(self.names.full(mention), set())
            for word in map(bare, mention.title.split()):
                words.update({word}, TITLED.get(word, set()))
            if mention.end < len(doc) and doc[mention.end].text in {",", "("}:
                for token in doc[mention.end + 1 : min(mention.end + 14, len(doc))]:
                    if token.text in {",", ")"} or (token.pos_ in {"AUX", "VERB"} and token.tag_ != "VBN"):
                        break
                    words.add(token.lower_)
            if mention.start > 1 and doc[mention.start - 1].text == ",":
                for token in reversed(doc[max(0, mention.start - 8) : mention.start - 1]):
                    if token.pos_ in {"PUNCT", "VERB", "AUX"}:
                        break
                    words.add(token.lower_)
        return roles

    def _is_body(self, token: Token) -> bool:
        """Whether a noun is one for organisations, or for a part that one has: "the ministry’s policy unit"."""
        owned = lemma(token) == "unit" and any(t.tag_ == "POS" for t in self.phrases.left(token.i))
        return owned or lemma(token) in ORGANISATIONS

    def _find_bodies(self) -> list[Source]:
        """Return every organisation where it is named or described in full, in order."""
        kinds = {"organisation", "outlet"}
        found = [self.named(mention) for mention in self.names.mentions if self.names.kind(mention) in kinds]
        for token in self.doc:
            i = token.i
            if not token.text.islower() or token.pos_ not in {"NOUN", "PROPN"} or not self._is_body(token):
                continue
            after = self.doc[i + 1] if i + 1 < len(self.doc) else None
            ends = after is None or after.pos_ not in {"NOUN", "PROPN"} or self.names.at(i + 1)
            if self.names.at(i) or not ends or self.phrases.quoted[i]:
                continue
            words, tail = self.phrases.qualified(i), self.phrases.of_what(i)
            if not (words or tail) or any(t.tag_ in {"JJS", "RBS"} for t in words):
                continue
            if lemma(token) == "group" and SIZES.intersection(t.lower_ for t in words):
                continue
            name = self.phrases.text(i) + tail
            inserted = None if tail else self.phrases.between_commas(i)
            if inserted and inserted.text.isupper() and self.names.kind(inserted) == "organisation":
                # "Mexico’s refugee commission, COMAR, received"
                found.append(replace(self.named(inserted), at=i))
                continue
            found.append(Source(name, "organisation", i, named=False))
            # "the United Nations refugee agency (UNHCR)", "the migration institute, or INM,"
            beside = [t.lower_ for t in self.doc[i + 1 : i + 3]]
            step = 2 if beside[:1] == ["("] else 3 if beside in ([",", "the"], [",", "or"]) else 0
            acronym = self.names.at(i + step) if step else None
            if acronym and acronym.text.isupper() and self.names.full(acronym) == acronym.text:
                self._described[acronym.text] = name
        return sorted(found, key=lambda source: source.at)
