"""From the words that name a source to the source itself: "a CBP spokesman", "the agency's tables", "she", "the poll".

A source is a person, an organisation, or the owner of a poll, data set or document. Pronouns and phrases such as "the
mayor" or "the same agency" go back to the last name that fits. A document that nobody owns ("court records") leaves the
figure with the article.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from vado.claims.antecedents import Antecedents, Source
from vado.claims.figure import ARTICLE
from vado.claims.phrases import BACK, Phrases
from vado.claims.source_words import (
    BARE,
    DATA,
    KINDS,
    MEDIA,
    NOT_ASKED,
    ORGANISATIONS,
    PLACES,
    POLLS,
    SPEAK_FOR,
    STAND_INS,
    WRITTEN,
    is_person_noun,
    lemma,
    word_set,
)

if TYPE_CHECKING:
    from spacy.tokens import Token

#: Verbs by which an owner makes a document known: "figures released by X", "the ledger that X keeps".
_PUBLISHES = word_set(
    "release publish issue post compile keep collect gather produce provide share put make conduct commission "
    "prepare take maintain obtain submit present supply write unveil run carry sponsor draw assemble hold "
    "disclose"
)
_SHOWS = frozenset({"show", "suggest", "say", "indicate", "find", "reveal", "put"})
#: Documents that stand printed in a journal: "a paper in Demography".
_PRINTED = frozenset({"paper", "study", "article", "analysis", "letter"})
#: Words before a document noun by which it is about its owner: "the president's approval numbers".
_RATED = word_set("poll polling approval job favorability favourability popularity")
#: What stands before a handle between quotation marks: user "RioBravo77".
_ACCOUNTS = frozenset({"user", "account", "handle", "commenter", "poster"})
_QUOTES = frozenset({"“", "”", '"'})
#: The yeas and nays before "vote" or "tally", by which it is no document.
_VOTE = re.compile(r"\b\d+[-–]\d+$")
_PRONOUNS = frozenset({"who", "which", "that", "they", "it", "he", "she", "we", "i"})
_OF_WHOM = frozenset({"for", "of", "at", "from", "with"})
#: How far behind a document noun its owner may stand, in words.
_REACH = 9


class Sources:
    """What each source phrase of a text stands for; to be asked in the order of the text.

    Parameters
    ----------
    phrases
        The text's noun phrases.
    """

    def __init__(self, phrases: Phrases) -> None:
        self.phrases, self.doc, self.names = phrases, phrases.doc, phrases.names
        self.antecedents = Antecedents(phrases)

    def of(self, i: int, voice: Source | None = None) -> Source | None:
        """Return the source that word ``i``, the head of a phrase, stands for; None where it is none.

        Parameters
        ----------
        i
            The phrase's head.
        voice
            Who "I" and "we" are there.
        """
        token, mention = self.doc[i], self.names.at(i)
        handle = [t.text for t in self.doc[i + 1 : i + 4]]
        if token.lower_ in _ACCOUNTS and len(handle) == 3 and {handle[0], handle[2]} <= _QUOTES:
            return Source(handle[1], "person", i)
        addressed = self.phrases.addressed(mention) if mention else None
        if addressed:
            return self.antecedents.named(addressed)
        if mention and not self.phrases.leads_on(mention):
            return self.antecedents.named(mention)
        if mention and mention.end < len(self.doc) and self.doc[mention.end].pos_ == "NOUN":
            return self.of(mention.end, voice)
        if token.pos_ == "PRON" or token.lower_ in _PRONOUNS:
            return self._pronoun(token, voice)
        beside, noun = self.phrases.beside(i), lemma(token)
        if beside:
            return self.antecedents.named(beside)
        if noun in WRITTEN:
            return self.owner(i, voice) or Source(ARTICLE, "article", i, named=False)
        as_one = noun in ORGANISATIONS and token.tag_ == "NN" and self.phrases.points_back(i)
        if noun == "authority" and token.tag_ == "NN" and self.antecedents.body_at(i):
            return self._body(i)
        if (is_person_noun(token.lower_) or noun in SPEAK_FOR) and not as_one:
            return self._person(i, voice)
        if noun in ORGANISATIONS | PLACES or token.lower_ in ORGANISATIONS:
            return self._body(i)
        if noun == "unit" and token.tag_ == "NN":
            return self._unit(i)
        if noun in MEDIA and token.tag_ == "NN":
            return self._medium(i)
        if token.pos_ != "NOUN":
            return None
        between = self.phrases.between_commas(i)
        if between:
            return self.antecedents.named(between)
        owned = any(t.tag_ in {"POS", "PRP$"} for t in self.phrases.left(i))
        found = self._owner_before(token, voice) if owned else None
        return replace(found, role="document") if found and found.role == "organisation" else None

    def owner(self, i: int, voice: Source | None = None) -> Source | None:
        """Return the source that owns the poll, data or document named at word ``i``; None for nobody's."""
        token, noun = self.doc[i], lemma(self.doc[i])
        if _VOTE.search(self.doc[self.phrases.start(i) : i].text):
            return None
        found = self._owner_before(token, voice) or self._owner_after(token, voice)
        if found and found.role == "person" and self._is_rated(i, noun):
            return None
        if found and found.name == ARTICLE:
            return found
        if found:
            written = "poll" if noun in POLLS else "data" if noun in DATA else "document"
            role = found.role if found.role == "person" else written
            return replace(found, role=role, at=i, outlet=found.outlet and role != "poll")
        modifiers = [t.lower_ for t in self.phrases.left(i)]
        plain = all(word in BACK or word.isdigit() for word in modifiers)
        # "The figure is" names no owner; "the figures show" and "the survey" go back to one.
        asks = noun not in BARE or (token.head.lemma_ in _SHOWS and token.dep_ == "nsubj")
        if BACK.intersection(modifiers) and asks and (plain or noun in POLLS):
            return self.antecedents.document(i, noun)
        return None

    def _is_rated(self, i: int, noun: str) -> bool:
        """Whether a poll's word is about its owner rather than by them: "the president's poll rating"."""
        follows = i + 1 < len(self.doc) and self.doc[i + 1].pos_ == "NOUN"
        return (noun in POLLS and follows) or bool(_RATED.intersection(t.lower_ for t in self.phrases.left(i)))

    def _unit(self, i: int) -> Source | None:
        """Return the part of an organisation that "the ministry’s policy unit" names and "the unit" goes back to."""
        known = self.antecedents.body_at(i)
        if known:
            return known
        alone = self.phrases.points_back(i) and len(self.phrases.left(i)) == 1
        found = self.antecedents.body(i, "unit") if alone else None
        return found if found and "unit" in found.name.lower().split() else None

    def _medium(self, i: int) -> Source | None:
        """Return the outlet that "the station" goes back to, or one without a name: "a radio here"."""
        earlier = [m for m in self.names.mentions if m.end <= i and self.names.kind(m) == "outlet"]
        if self.phrases.points_back(i) and earlier:
            return self.antecedents.named(earlier[-1])
        return Source(self.phrases.text(i), "organisation", i, named=False)

    def _whose(self, i: int) -> Source | None:
        """Return who or what "whose" at word ``i`` goes back to: the name or noun right before it."""
        j = i - 1 - (self.doc[i - 1].text == ",") if i else -1
        return None if j < 0 else self.of(j)

    def after(self, i: int, stop: int) -> Source | None:
        """Return the source named by the first phrase from word ``i`` on, before word ``stop``."""
        for j in range(i, min(stop, len(self.doc))):
            token, mention = self.doc[j], self.names.at(j)
            if mention and self.phrases.leads_on(mention):
                continue
            if mention or (token.pos_ in {"NOUN", "PROPN"} and self.phrases.ends(j)):
                return self.of(mention.end - 1 if mention and mention.start == j else j)
            if token.tag_ == "PRP":
                return self.of(j)
            inside = self.phrases.possessive(j) or token.text in {"“", '"', "-", "/"}
            if token.pos_ in {"VERB", "AUX", "PUNCT", "SCONJ"} and not inside:
                return None
        return None

    def _pronoun(self, token: Token, voice: Source | None) -> Source | None:
        word, i = token.lower_, token.i
        if word in {"i", "we", "us", "me"}:
            return voice
        if word in {"who", "which", "that"}:
            if token.head.dep_ == "relcl" and token.head.head.i < i:
                node = outer = token.head.head
                # "a mason out of Yoro, who": a town is no "who".
                while outer.dep_ in {"pobj", "prep"} and word == "who":
                    outer = outer.head
                if outer is not node and not is_person_noun(outer.lower_):
                    return self._known(self.antecedents.person(i))
                found = self.of(outer.i, voice)
                # "our colleague Ana Ruiz objects, who": the clause stands apart from its noun.
                apart = found is None and word == "who" and not is_person_noun(outer.lower_)
                return self._known(self.antecedents.person(i)) if apart else found
            before = next((j for j in range(i - 1, max(i - 4, -1), -1) if self.names.at(j)), None)
            return None if before is None else self.of(before, voice)
        if word in {"he", "she"}:
            return self._known(self.antecedents.person(i, word))
        return self._known(self.antecedents.group(i, word)) if word in {"they", "it"} else None

    def _known(self, found: Source | int | None) -> Source | None:
        """Return a source as it is, or that of the phrase which a word heads."""
        return self.of(found) if isinstance(found, int) else found

    def _possessor(self, word: Token) -> Source | None:
        """Return who "his", "its" or "their" is."""
        if word.lower_ in {"his", "her"}:
            return self._known(self.antecedents.person(word.i, "he" if word.lower_ == "his" else "she"))
        return self.antecedents.owner(word.i)

    def _owner_before(self, token: Token, voice: Source | None) -> Source | None:
        """Return the owner named before a document noun: "CBP data", "its report", "the sheriff's count"."""
        for word in reversed(self.phrases.left(token.i)):
            mention = self.names.at(word.i)
            if mention and (self.names.kind(mention) != "place" or lemma(token) in POLLS):
                return self.antecedents.named(mention)
            if word.tag_ == "PRP$":
                if word.lower_ == "my" and voice is None:
                    return Source(ARTICLE, "article", token.i, named=False)
                return voice if word.lower_ in {"our", "my"} else self._possessor(word)
            if word.tag_ == "WP$":
                return self._whose(word.i)
            if self.phrases.possessive(word.i + 1) and word.pos_ in {"NOUN", "PROPN"}:
                found = self.of(word.i, voice)
                return found if found and found.name != ARTICLE else None
        return None

    def _owner_after(self, token: Token, voice: Source | None) -> Source | None:
        """Return the owner named after a document noun: "a report by X", "figures that X posted", "kept by X"."""
        doc, i, end = self.doc, token.i + 1, self.phrases.bounds[token.i][1]
        if i < end and doc[i].text == "(" and self.names.at(i + 1):
            i += 3
        for j in range(i, min(i + _REACH, end)):
            word = doc[j]
            if word.text == "," and j == i and j + 1 < end and doc[j + 1].lower_ in {"from", "by"}:
                found = self.after(j + 2, end)
                return found if found and found.named and found.role != "person" else None
            if word.text == "," and not (j + 1 < end and lemma(doc[j + 1]) in _PUBLISHES):
                return self._released_aside(j, end, voice)
            if j == i and word.lower_ == "in" and lemma(token) in _PRINTED:
                journal = self.names.at(j + 1) or self.names.at(j + 2)
                if journal and journal.start <= j + 2 and self.names.kind(journal) != "place":
                    return self.antecedents.named(journal)
            # "A poll of voters" names those asked.
            asked = lemma(token) in POLLS and word.lower_ in {"of", "from"}
            if word.lower_ in {"by", "from", "of", "at"} and word.pos_ in {"ADP", "SCONJ"} and not asked:
                found = self.after(j + 1, end)
                if found and (found.named or word.lower_ != "of" or found.role == "organisation"):
                    return found if found.name != ARTICLE else None
            elif lemma(word) in _PUBLISHES and word.tag_ in {"VBN", "VBD", "VBZ", "VBP", "VBG"}:
                subject = self._subject_between(token.i, j)
                by = next((k for k in range(j + 1, min(j + 6, end)) if doc[k].lower_ in {"by", "from"}), None)
                if by is not None and subject is None and word.tag_ in {"VBN", "VBD"}:
                    return self.after(by + 1, end)
                if subject is not None:
                    return self.of(subject, voice)
            elif (word.pos_ in {"VERB", "AUX"} and word.dep_ not in {"acl", "relcl"}) or word.text in {";", ".", ":"}:
                return None
        return None

    def _released_aside(self, comma: int, end: int, voice: Source | None) -> Source | None:
        """Return the owner in a clause set off by commas: "the tally, when X released it,"."""
        if comma + 1 >= end or self.doc[comma + 1].lower_ not in {"when", "as", "once", "after", "which"}:
            return None
        for j in range(comma + 2, min(comma + 9, end)):
            if lemma(self.doc[j]) in _PUBLISHES and self.doc[j].pos_ == "VERB":
                subject = self._subject_between(comma + 1, j)
                return None if subject is None else self.of(subject, voice)
            if self.doc[j].is_punct:
                return None
        return None

    def _subject_between(self, low: int, verb: int) -> int | None:
        """Return the head of the phrase right before a verb, if one stands between a document and that verb."""
        for j in range(verb - 1, low, -1):
            if self.names.at(j) or self.doc[j].tag_ in {"NN", "NNS", "PRP"}:
                return j
            if self.doc[j].pos_ not in {"ADV", "AUX"}:
                return None
        return None

    def _person(self, i: int, voice: Source | None) -> Source | None:
        """Return the source of a calling: the person named beside it, the one meant, or the employer."""
        mention = self.phrases.apposed(i)
        if mention:
            return self.antecedents.named(mention)
        token, noun = self.doc[i], lemma(self.doc[i])
        left = self.phrases.left(i)
        plural = token.tag_ in {"NNS", "NNPS"} or noun == "staff"
        spokes = noun.startswith("spokes") or noun == "representative"
        theirs = noun in {"man", "woman"} and any(self.phrases.possessive(t.i) for t in left)
        if theirs:
            body = self._employer(token, voice)
            return replace(body, at=i) if body and body.role == "organisation" else None
        if noun in NOT_ASKED and not {"some", "a", "an"}.intersection(t.lower_ for t in left):
            return None
        if self.phrases.points_back(i) and (spokes or not plural):
            found = self.antecedents.person_with_role(i)
            if found:
                return found
            last = self._known(self.antecedents.person(i)) if noun in STAND_INS and len(left) == 1 else None
            if last and self.phrases.apart(i, last.at) <= 2:
                return replace(last, at=i)
        if noun in {"author", "researcher"} and plural and self.phrases.points_back(i) and len(left) == 1:
            wrote = [s for s in self.antecedents.credited(i, 3) if s.role in {"document", "data", "poll"}]
            if wrote:
                return replace(wrote[-1], at=i)
        body = self._employer(token, voice)
        if body and (spokes or (noun in SPEAK_FOR and (plural or noun in {"official", "agent"}))):
            return replace(body, at=i)
        tail = ""
        if i + 1 < len(self.doc) and self.doc[i + 1].lower_ in _OF_WHOM:
            follows = self.names.at(i + 2) or self.names.at(i + 3)
            if follows and follows.start <= i + 3:
                tail = " " + self.doc[i + 1 : follows.end].text
        role = "organisation" if noun in {"authority", "police"} else "person"
        return Source(self.phrases.text(i) + tail, role, i, named=False)

    def _employer(self, token: Token, voice: Source | None) -> Source | None:
        """Return the organisation of a spokesman, official or researcher."""
        i = token.i + 1
        after = None
        if i < len(self.doc) and self.doc[i].lower_ in _OF_WHOM | {"in"}:
            after = self.after(i + 1, self.phrases.bounds[token.i][1])
            if after and after.role == "organisation":
                return after
        for word in reversed(self.phrases.left(token.i)):
            mention = self.names.at(word.i)
            if mention and self.names.kind(mention) in {"organisation", "outlet"}:
                return self.antecedents.named(mention)
            if word.tag_ == "PRP$":
                return voice if word.lower_ in {"our", "my"} and voice else self._possessor(word)
            if word.tag_ == "WP$":
                return self._whose(word.i)
            if lemma(word) in ORGANISATIONS and word.pos_ == "NOUN" and lemma(token) != "authority":
                return self._body(word.i)
        return after

    def _body(self, i: int) -> Source | None:
        """Return the organisation that a common noun names: "the homeland security department", "the agency"."""
        doc, noun = self.doc, lemma(self.doc[i])
        end = i + 1 + len(self.phrases.of_what(i).split())
        for k in (i + 1, end + 1):
            mention = self.names.at(k)
            beside = k == i + 1 or doc[end : end + 1].text == ","
            if mention and mention.start == k and beside and self.names.kind(mention) == "organisation":
                return self.antecedents.named(mention)
        inserted = self.phrases.between_commas(i)
        if inserted and self.names.kind(inserted) == "organisation" and noun in KINDS | {"tank", "institute", "center"}:
            return self.antecedents.named(inserted)
        known, left = self.antecedents.body_at(i), self.phrases.left(i)
        if known and noun in KINDS and left and left[0].lower_ in {"the", "that", "this"}:
            described = any(t.text[:1].isupper() for t in left[1:])
            return (None if described else self.antecedents.body_just_named(i)) or known
        if known:
            return known
        name = self.phrases.text(i)
        if self.phrases.points_back(i):
            return self.antecedents.body(i, noun) or Source(name, "organisation", i, named=False)
        possessor = next((t for t in left if t.lower_ in {"his", "her"}), None)
        person = self._possessor(possessor) if possessor is not None else None
        return Source(f"{person.name}’s {name}", "organisation", i, named=False) if person else None
