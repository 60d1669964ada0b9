"""Reporting clauses: the words by which a text says who says so, and which words of the sentence they cover.

A clause has a cue (a verb such as "said" or "counted", "according to", a document noun with an owner), a source, and a
stretch that it covers: what follows "Ruiz said", the whole sentence for ", Ruiz said," or "according to", the noun
before "counted by CBP". The tree gives the subject; where it errs, the words beside the verb do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vado.claims.antecedents import Source
from vado.claims.clause import FAINT, FOUNDED, INTAKE, Clause
from vado.claims.figure import ARTICLE
from vado.claims.labels import FINITE, Labels
from vado.claims.reporting_verbs import (
    COUNTS,
    DOUBTFUL,
    KNOWN,
    PASSIVE,
    PLACES,
    RESTS,
    RESTS_ON,
    SHOWS,
    STATES,
    TAKEN_FOR_NOUNS,
    strength,
    takes_that,
)
from vado.claims.source_words import (
    ASSERTIONS,
    POLLS,
    WRITTEN,
    is_person_noun,
    lemma,
    word_set,
)
from vado.claims.sources import Sources

if TYPE_CHECKING:
    from spacy.tokens import Token


_HAVE = frozenset({"has", "have", "had", "having", "’ve", "'ve", "’s", "'s"})
_DO = frozenset({"did", "do", "does"})
_POINTING = frozenset({"that", "this", "those", "these", "all", "both", "it"})
_SHOWING = frozenset({"show", "shows", "suggest", "suggests", "say", "says"})
_ACCORDING = frozenset({"according to", "going by", "judging by", "based on"})
_RATES = word_set("cent day month year week hour person capita")
_BESIDE = frozenset({",", "”", '"', "—", "–", "»"})
#: Verbs of counting and having, of which a place is no more than where.
_HOLDS = COUNTS | PLACES.keys() | {"have", "get"}
_HYPHENS = frozenset({"-", "’", "'"})


def _counts(tokens: list[Token]) -> bool:
    """Whether a number that is no date stands among words."""
    return any(token.like_num and token.ent_type_ not in {"DATE", "TIME"} for token in tokens)


class Reporting:
    """Finds the reporting clauses of a text.

    Parameters
    ----------
    sources
        The text's sources.
    quote
        For each word the number of the quotation that holds it, -1 outside.
    """

    def __init__(self, sources: Sources, quote: list[int]) -> None:
        self.sources, self.quote = sources, quote
        self.phrases, self.doc, self.names = sources.phrases, sources.doc, sources.names
        self.bounds = sources.phrases.bounds
        self._labels = Labels(sources)

    def clauses(self, start: int, end: int, quote: int, voice: Source | None) -> list[Clause]:
        """Return the clauses whose cue is a word from ``start`` to ``end`` in one quotation (-1: in none)."""
        found: list[Clause] = []
        for token in self.doc[start:end]:
            if self.quote[token.i] != quote:
                continue
            clause = self._at(token, voice) or self._gapped(token, found) or self._labelled_by(token)
            if clause:
                found.append(clause)
                if clause.strength < FAINT or clause.source.role in {"poll", "data", "document"}:
                    self.sources.antecedents.remember(clause.source)
        return found

    def _word(self, i: int) -> str:
        return self.doc[i].lower_ if 0 <= i < len(self.doc) else ""

    def _following(self, i: int) -> str:
        return f"{self._word(i)} {self._word(i + 1)}"

    def _at(self, token: Token, voice: Source | None) -> Clause | None:
        i, word = token.i, token.lower_
        if self._following(i) in _ACCORDING:
            return self._according(i, i + 2)
        if word == "citing" or (word == "per" and self._word(i + 1) not in _RATES):
            return self._according(i, i + 1)
        handed = self._handed_on(token)
        if handed:
            return handed
        owned = lemma(token) in POLLS and any(map(self.phrases.possessive, (i - 1, i - 2)))
        if owned:
            return self._noun(token, lemma(token), voice)
        if token.pos_ in {"VERB", "AUX"} or self._taken_for_noun(token):
            return self._verb(token, voice)
        noun = lemma(token)
        if self.names.at(i) and noun not in POLLS:
            return None
        written = noun in WRITTEN | ASSERTIONS and token.pos_ in {"NOUN", "PROPN"}
        return self._noun(token, noun, voice) if written else None

    def _taken_for_noun(self, token: Token) -> bool:
        """Whether a verb was taken for a noun: "Pew estimates that", "CBP's data show"."""
        i = token.i
        if i == 0 or i + 1 >= len(self.doc) or token.lower_ not in TAKEN_FOR_NOUNS:
            return False
        if token.lower_ in _SHOWING:
            head = self._head_before(i)
            return head is not None and lemma(self.doc[head]) in WRITTEN
        after = token.nbor()
        if self.names.at(i - 1) is not None and after.pos_ not in {"VERB", "AUX", "PUNCT"}:
            return True
        head = self._head_before(i)
        if head is None or not {"a", "an", "one", "another", "the"}.intersection(
            t.lower_ for t in self.phrases.left(head)
        ):
            return False
        beside = after.is_punct and self._word(self.phrases.start(head) - 1) in _BESIDE
        return is_person_noun(self.doc[head].lower_) and (beside or after.lower_ == "that" or after.like_num)

    def _head_before(self, i: int) -> int | None:
        """Return the head of the phrase before a verb that was taken for a noun: "data from CBP show"."""
        doc, opening = self.doc, self.bounds[i][0]
        j = i - 1
        if j < opening or not (self.names.at(j) or doc[j].pos_ in {"NOUN", "PROPN"}):
            return None
        k = self.phrases.start(j) - 1
        while k > opening and doc[k].tag_ == "CD":
            k -= 1
        if k > opening and doc[k].pos_ == "ADP" and doc[k - 1].pos_ == "NOUN":
            outer = doc[k - 1]
            if lemma(outer) in WRITTEN or is_person_noun(outer.lower_):
                return outer.i
        return j

    def _according(self, cue: int, first: int) -> Clause | None:
        """Return the clause of "according to X", "per X", "citing X"."""
        source = self.sources.after(first, self.bounds[cue][1])
        return Clause(cue, *self._back(cue), source, around=True) if source else None

    def _pointed(self, cue: int) -> Clause | None:
        """Return the clause of "pointed to Gallup: there, he claimed, …"."""
        end = self.bounds[cue][1]
        colon = next((t.i for t in self.doc[cue:end] if t.text == ":"), None)
        source = self.sources.after(cue + 2, end)
        if colon is None or source is None or source.role == "person" or source.name == ARTICLE:
            return None
        return Clause(cue, colon, end, source)

    def _handed_on(self, token: Token) -> Clause | None:
        """Return the clause of a source to which somebody points: "pointed to Gallup: …", "as X learned from Y"."""
        heard = self._labels.heard_from(token)
        if heard:
            return Clause(token.i, *self._segment(token.i), heard[0], around=True, told=heard[1])
        found = self._labels.pointed_to(token)
        return Clause(token.i, found[1], self.bounds[token.i][1], found[0]) if found else None

    def _back(self, cue: int) -> tuple[int, int]:
        """Return what a credit covers: its segment, with the sentence before if it points there: "That's per X"."""
        start, end = self._segment(cue)
        words = [t for t in self.doc[start:cue] if t.is_alpha]
        before = self.doc[start - 1] if start else None
        # A break of paragraphs is a word of blanks at the end of a sentence.
        breaks = before is None or "\n" in before.text
        if not words or words[0].lower_ not in _POINTING or cue - start > 4 or breaks:
            return start, end
        return self.bounds[start - 1][0], end

    def _labelled_by(self, token: Token) -> Clause | None:
        """Return the clause of a name that stands as a label before a colon or a full stop."""
        label = self._labels.at(token.i)
        return Clause(token.i, token.i + 1, label[1], label[0]) if label else None

    def _gapped(self, token: Token, before: list[Clause]) -> Clause | None:
        """Return the clause of a verb left out: "Pew arrives at 10.5 million, the department at 11.4 million"."""
        i, (opening, closing) = token.i, self.bounds[token.i]
        if token.lower_ != "at" or not before or before[-1].cue < opening:
            return None
        verb = self.doc[before[-1].cue].lemma_.lower()
        number = any(t.like_num for t in self.doc[i + 1 : min(i + 5, closing)])
        # The verb's own number comes first.
        number = number and any(t.like_num for t in self.doc[before[-1].cue : i])
        if not number or verb not in PLACES.keys() | STATES | COUNTS | {"have"}:
            return None
        if self._word(self.phrases.start(i - 1) - 1) not in {",", ";", "and"}:
            return None
        source = self.sources.of(i - 1)
        return Clause(i, i + 1, closing, source) if source else None

    def _segment(self, i: int) -> tuple[int, int]:
        """Return the part of a sentence between semicolons that holds word ``i``."""
        low, high = self.bounds[i]
        cuts = [t.i for t in self.doc[low:high] if t.text == ";" and self.quote[t.i] == self.quote[i]]
        start = max((cut + 1 for cut in cuts if cut < i), default=low)
        return start, min((cut for cut in cuts if cut > i), default=high)

    def _verb(self, verb: Token, voice: Source | None) -> Clause | None:
        """Return the clause of a verb that credits its subject, or in the passive the one after "by"."""
        i = verb.i
        hyphened = "-" in {self._word(i - 1), self._word(i + 1)}
        if hyphened or verb.dep_ in {"aux", "auxpass"} or not (verb.lemma_.lower() in KNOWN or takes_that(verb)):
            return None
        children = {child.dep_ for child in verb.children}
        helpers = {child.lower_ for child in verb.children if child.dep_ in {"aux", "auxpass"}}
        # "Did the writer know that": a question credits nobody.
        asked = any(
            child.lower_ in _DO and child.dep_ == "aux" for child in verb.children if child.i == self.bounds[i][0]
        )
        if "neg" in children or helpers & DOUBTFUL or asked:
            return None
        # Where a noun is taken for a whole sentence, its verb is taken for a participle: "the organizers boasted of".
        whole = verb.dep_ == "acl" and verb.head.dep_ == "ROOT" and self._word(i + 1) != "by"
        participle = verb.tag_ == "VBN" and not whole and "nsubj" not in children and not helpers & _HAVE
        if children & {"nsubjpass", "auxpass"} or participle:
            return self._passive(verb)
        subject = self._subject(verb)
        source = None if subject is None else self.sources.of(subject, voice)
        if subject is None or source is None:
            return None
        last = max(i, subject)
        around = self._stands_beside(verb, subject, last)
        following = self.doc[i + 1 : self.bounds[i][1]]
        qualified = any(self.names.at(t.i) for t in self.phrases.left(source.at))
        degree = strength(verb, source, following, around=around, qualified=qualified)
        # "El Paso recorded 182,143" says where it was, not who counted.
        held = degree == INTAKE or verb.lemma_.lower() in _HOLDS
        if degree is None or (held and self._is_place(source)):
            return None
        start, end = self._segment(i)
        relative = self._relative_object(verb)
        if relative is not None:
            start = self.phrases.start(relative)
        elif not around:
            start = last + 1
        told = i + 1 if verb.lemma_ == "tell" and len(following) else None
        return Clause(i, start, end, source, degree, around, told)

    def _is_place(self, source: Source) -> bool:
        mention = self.names.at(source.at)
        return mention is not None and self.names.kind(mention) == "place"

    def _passive(self, verb: Token) -> Clause | None:
        """Return the clause of "counted by CBP", "was told by a boatman"."""
        i, end = verb.i, self.bounds[verb.i][1]
        if verb.lemma_.lower() not in PASSIVE:
            return None
        by = next((t.i for t in self.doc[i + 1 : min(i + 8, end)] if t.lower_ == "by"), None)
        if by is None or any(t.tag_ in FINITE for t in self.doc[i + 1 : by]):
            return None
        source = self.sources.after(by + 1, end)
        if source is None or source.name == ARTICLE:
            return None
        if verb.lemma_ == "tell":
            return Clause(i, by + 1, end, source)
        start, end = self._segment(i)
        if verb.dep_ == "acl":
            start = min(start if verb.head.i < start else verb.head.left_edge.i, i)
        return Clause(i, start, end, source, around=True)

    def _relative_object(self, verb: Token) -> int | None:
        """Return the noun that is the object of its own relative clause: "the 500 that CBP counted"."""
        if verb.dep_ != "relcl" or verb.head.i > verb.i:
            return None
        subject = next((child for child in verb.children if child.dep_ == "nsubj"), None)
        return None if subject is None or subject.lower_ in {"who", "which", "that"} else verb.head.i

    def _subject(self, verb: Token) -> int | None:
        """Return the head of the verb's subject: by order after a mark, else by the tree, else by what is nearest."""
        if verb.pos_ not in {"VERB", "AUX"}:
            return self._head_before(verb.i)
        inverted = self._inverted(verb)
        if inverted is not None:
            return inverted
        apposed = self._named_by_calling(verb.i)
        found = self._subject_in_tree(verb) if apposed is None else apposed
        if found is not None:
            return found
        if verb.tag_ != "VBG" and (self._after_mark(verb) or verb.i == self.bounds[verb.i][0]):
            found = self._subject_behind(verb)
        if found is None:
            found = self._subject_before(verb)
        return self._subject_in_tree(verb, over_marks=True) if found is None else found

    def _subject_in_tree(self, verb: Token, *, over_marks: bool = False) -> int | None:
        node = verb
        for _ in range(5):
            subjects = [
                child.i
                for child in node.children
                if child.dep_ in {"nsubj", "nsubjpass"} and child.pos_ in {"NOUN", "PROPN", "PRON", "DET", "X"}
            ]
            subjects = [i for i in subjects if self.quote[i] == self.quote[verb.i] and i != verb.i and i - verb.i <= 12]
            subjects = [i for i in subjects if not self._labelled(i, verb.i)]
            subjects = [i for i in subjects if node is not verb or not self._begins_content(i, verb.i)]
            subjects.sort(key=lambda i: (i > verb.i, -i))
            if subjects:
                return next((i for i in subjects if self.sources.of(i) is not None), subjects[0])
            purpose = any(child.dep_ == "aux" and child.lower_ == "to" for child in node.children)
            if node is verb and node.dep_ == "acl" and node.head.i < node.i:
                return node.head.i
            marked = node is verb and self._after_mark(verb) and not over_marks
            if marked or (node.dep_ == "advcl" and purpose) or node.head is node:
                return None
            if node.dep_ not in {"conj", "xcomp", "advcl", "pcomp", "dep"} and (node.dep_ != "prep" or node is verb):
                return None
            node = node.head
        return None

    def _labelled(self, i: int, verb: int) -> bool:
        """Whether a colon of the same voice stands between a word and a verb: the word is a label, not the subject."""
        return any(t.text == ":" and self.quote[t.i] == self.quote[verb] for t in self.doc[i:verb])

    def _named_by_calling(self, i: int) -> int | None:
        """Return the last word of a person's name between a calling and a verb: "an official, Ana Ruiz, said"."""
        mention = self.names.at(i - 2) if i > 1 and self._word(i - 1) == "," else None
        if mention is None or mention.end != i - 1 or self.names.kind(mention) != "person" or mention.start < 2:
            return None
        calling = self._word(mention.start - 1) == "," and is_person_noun(self._word(mention.start - 2))
        return mention.end - 1 if calling and mention.start - 2 >= self.bounds[i][0] else None

    def _begins_content(self, i: int, verb: int) -> bool:
        """Whether a word behind a verb has a finite verb of its own: "Ruiz said the clinic had treated 90"."""
        return i > verb and i + 1 < len(self.doc) and self.doc[i + 1].tag_ in FINITE

    def _after_mark(self, verb: Token) -> bool:
        before = self.doc[verb.i - 1] if verb.i else None
        return before is not None and (before.text in _BESIDE or bool(before.is_sent_end))

    def _inverted(self, verb: Token) -> int | None:
        """Return the head of the phrase that stands alone between a verb and the next mark: ", says the institute,"."""
        doc, i, end = self.doc, verb.i, self.bounds[verb.i][1]
        if (
            verb.lemma_ == "tell"
            or verb.tag_ not in {"VBD", "VBZ", "VBP"}
            or not self._after_mark(verb)
            or i + 1 >= end
        ):
            return None
        if doc[i + 1].pos_ not in {"DET", "PROPN", "ADJ", "NOUN", "PRON"} and not self.names.at(i + 1):
            return None
        stop = next((t.i for t in doc[i + 1 : end] if t.is_punct and t.text not in _HYPHENS), end)
        if any(t.pos_ in {"VERB", "AUX", "NUM"} for t in doc[i + 1 : stop]):
            return None
        ahead = any(child.dep_ == "nsubj" and child.i < i for child in verb.children)
        for j in range(i + 1, stop):
            mention = self.names.at(j)
            if ahead and doc[j].dep_ == "dobj" and doc[j].head.i == i:
                return None
            head = mention.end - 1 if mention else j
            if (mention or doc[j].pos_ in {"NOUN", "PROPN", "PRON"}) and self.phrases.ends(head):
                return head if self.sources.of(head) is not None else None
        return None

    def _subject_behind(self, verb: Token) -> int | None:
        """Return the nearest source after a verb: "shouted from the roadside a certain Doña Chelo"."""
        doc = self.doc
        for j in range(verb.i + 1, min(verb.i + 9, self.bounds[verb.i][1])):
            mention = self.names.at(j)
            if mention:
                return mention.end - 1
            heads = doc[j].pos_ in {"NOUN", "PRON"} and doc[j - 1].pos_ != "ADP" and self.phrases.ends(j)
            if heads and self.sources.of(j) is not None:
                return j
            if doc[j].is_punct or doc[j].pos_ == "VERB":
                return None
        return None

    def _subject_before(self, verb: Token) -> int | None:
        """Return the name, pronoun or document right before a verb."""
        doc, j, opening = self.doc, verb.i - 1, self.bounds[verb.i][0]
        while j > opening and doc[j].pos_ in {"ADV", "AUX"}:
            j -= 1
        if j < opening:
            return None
        j -= bool(doc[j].text == "," and self.names.at(j - 1))
        person = is_person_noun(doc[j].lower_) and any(t.pos_ == "DET" for t in self.phrases.left(j))
        fits = self.names.at(j) or doc[j].tag_ == "PRP" or lemma(doc[j]) in WRITTEN or (person and verb.tag_ != "VBN")
        return j if fits and j >= opening and self.quote[j] == self.quote[verb.i] else None

    def _stands_beside(self, verb: Token, subject: int, last: int) -> bool:
        """Whether the clause stands beside its content rather than before it: "…, Ruiz said, …"."""
        doc, (opening, closing) = self.doc, self.bounds[verb.i]
        inverted = subject > verb.i
        low = verb.i if inverted else self.phrases.start(subject)
        if low <= opening or not (inverted or doc[low - 1].text in _BESIDE | {")", "…"}):
            return False
        said, rest = doc[opening:low], doc[last + 1 : closing]
        complete = any(t.tag_ in FINITE for t in said) and _counts(list(said))
        if complete and not inverted and not _counts(list(rest)):
            return True
        for token in rest:
            if token.is_punct and token.text not in _HYPHENS:
                return True
            if token.tag_ in FINITE or _counts([token]) or token.lower_ == "that":
                return False
        return True

    def _noun(self, token: Token, noun: str, voice: Source | None) -> Clause | None:
        """Return the clause of a document noun that no reporting verb has for its subject."""
        i, head = token.i, token.head
        following = self.doc[i + 1 : self.bounds[i][1]]
        start, end = self._segment(i)
        subject = token.dep_ == "nsubj"
        if subject and head.lemma_ in {"come", "be", "stem", "derive", "originate"}:
            origin = next((t.i for t in self.doc[head.i + 1 : head.i + 3] if t.lower_ == "from"), None)
            came = self.sources.after(origin + 1, end) if origin is not None else None
            if came and came.role != "article":
                return Clause(i, *self._back(head.i), came, around=True)
        if subject and head.lemma_.lower() in STATES | COUNTS | SHOWS | PLACES.keys() | {"have"}:
            return None
        source = self.sources.owner(i, voice)
        if source is None:
            return None
        if noun in ASSERTIONS and any(t.lower_ == "that" and t.tag_ != "WDT" for t in following[:12]):
            return Clause(i, i + 1, end, source)
        if noun not in WRITTEN:
            return None
        first = self.phrases.start(i)
        before = self._word(first - 1) if first and self.doc[first - 1].pos_ in {"ADP", "SCONJ"} else ""
        if f"{self._word(first - 2)} {before}" in RESTS_ON or (before == "using" and source.named):
            return Clause(i, start, end, source, FOUNDED, around=True)
        if subject and head.lemma_.lower() in RESTS:
            return Clause(i, first, end, source)
        if before == "by" and self._word(first - 2) in {"and", "but", "while"}:
            return Clause(i, first - 1, end, source, around=True)
        if before == "by" or token.dep_ == "attr" or (subject and head.lemma_ == "be"):
            return Clause(i, start, end, source, around=True)
        if before == "in":
            return Clause(i, start, end, source, 1, around=True)
        if self._word(i + 1) in {"of", "at"} and any(t.like_num for t in following[1:5]):
            return Clause(i, i + 1, end, source)
        return Clause(i, start, end, source, FAINT, around=True)
