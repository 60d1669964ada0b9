"""Who is credited with a figure: the speaker, the agency, the poll, through which outlet, and who passed it on.

The innermost credit that covers the figure is its speaker ("Ruiz said CBP had counted 17,638": CBP, relayed by Ruiz).
Where the figure's own sentence has none, the quotation, the block after a colon, the labelled turn or the source line
around it has, or the sentence goes on with what a source of the same paragraph said. Otherwise it is the article's own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from vado.claims.antecedents import Source
from vado.claims.clause import FAINT, INTAKE, Clause
from vado.claims.figure import ARTICLE, Credit
from vado.claims.layout import Layout
from vado.claims.names import Names
from vado.claims.outlets import outlet_of
from vado.claims.phrases import Phrases
from vado.claims.reporting_verbs import ACTS, COUNTS, REPORTS
from vado.claims.silence import silent
from vado.claims.source_words import OWN_COUNT, is_person_noun, lemma, word_set
from vado.claims.sources import Sources
from vado.claims.speakers import Speakers, Voice

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_Credited: TypeAlias = tuple[Source, Clause | None]

_SOURCE_LINE = re.compile(r"(?m)^[ \t]*\(?Sources?:[ \t]*(?P<name>[^,.;\n)]+)")
#: Words by which a sentence goes on with the figures of the one before.
_GOES_ON = re.compile(
    r"\b(?:of (?:those|these|them|whom|that (?:total|number))"
    r"|the (?:total|rest|others|remainder|remaining|tally|figure)"
    r"|another|that (?:compares|is up|was up|number|figure|total)|the same (?:month|period|group))\b",
    re.I,
)
#: A sentence that begins with a share of what was counted before.
_SHARE_FIRST = re.compile(
    r"\s*(?:\w+ |more than |less than |just (?:over|under) )?"
    r"(?:half|(?:one|two|three|four) in \w+|(?:a|one) (?:third|quarter)|two-thirds|three-quarters"
    r"|[\w.-]+ ?(?:%|percent|per cent)) (?:of (?!the\b)|(?:were|was|came|are|had|have|hailed)\b)",
    re.I,
)
#: Words by which the figures after them are a speaker's own.
_OWN = re.compile(r"\bI\b|\b(?:my|our) own\b|\bby (?:my|our)\b")
#: Verbs whose subject is counted rather than counting: "Florida alone accounts for".
_SHARES = word_set("account make represent comprise constitute lead follow top rank contribute")
#: Verbs by which a place is told to be where it was.
_SEES = word_set("have see move go rise fall drop climb")
#: Verbs of how a poll was made: what follows is no finding.
_FIELDED = word_set("take conduct field")
#: Nouns for an agency's people, of whom a named one of the same sentence says more.
_NAMELESS = word_set("authority official agent officer government state")
_TURNS = frozenset({"while", "whereas", "but", "although", "though", "compared"})
_WRITTEN = frozenset({"poll", "data", "document"})


class Credits:
    """Who is credited with what in one text; prepared once.

    Parameters
    ----------
    doc
        The text with its grammar, from :func:`vado.claims.language.parse`.
    """

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self._layout = Layout(doc)
        self._names = Names(doc)
        quoted = [number >= 0 for number in self._layout.quote]
        self._sources = Sources(Phrases(doc, self._names, quoted, self._layout.bounds))
        self._speakers = Speakers(self._layout, self._sources)
        self._lines = [(m.start(), self._of_line(m)) for m in _SOURCE_LINE.finditer(self._layout.text)]

    def of(self, start: int, end: int) -> Credit:
        """Return who is credited with the figure at characters ``start`` to ``end`` of the text.

        Parameters
        ----------
        start, end
            Characters of the doc's text, the end excluded.

        Returns
        -------
        Credit
            With :data:`vado.claims.figure.ARTICLE` as speaker where nobody is credited.
        """
        tokens = self._layout.within(start, end)
        if not tokens:
            return Credit(ARTICLE)
        i = tokens[0].i
        number = self._layout.quote[i]
        spans = [s for s in self._layout.spans_in(self._layout.unit(start)) if s.start <= start < s.end]
        around = [self._voice(self._speakers.voices.get(s)) for s in spans if s.kind != "marks"]
        if number < 0 and not any(around) and self._speakers.witness is None and self._own_count(i):
            return Credit(ARTICLE)
        credits: list[_Credited] = [(clause.source, clause) for clause in self._covering(i)]
        explicit = [clause for _, clause in credits if clause and clause.strength < FAINT]
        if number >= 0 and not any(self._layout.quote[clause.cue] < 0 for clause in explicit):
            spoken = self._speakers.voices.get(self._layout.marks[number])
            offered = self._speakers.offered(spoken[1]) if spoken and spoken[1] else None
            own = _OWN.search(self._layout.text, self._layout.marks[number].start, start)
            credits += [(offered, None)] if offered and not own else []
            credits += self._voice(spoken)
        acted = bool(credits) and all(clause and clause.strength == INTAKE for _, clause in credits)
        if not credits or (acted and number < 0 and self._told_on(*self._layout.bounds[i])):
            went_on = self._continued(i)
            credits = [*([(went_on, None)] if went_on else []), *credits]
        credits += [credit for voice in around for credit in voice]
        witness = self._speakers.witness
        if witness and self.doc[witness.at].idx < start:
            credits.append((witness, None))
        if not credits:
            line = self._under_line(start)
            credits += [(line, None)] if line else []
        quoted = number >= 0 or any(span.kind == "block" for span in spans)
        named = [credit for credit in credits if credit[0].name != ARTICLE]
        if not named:
            return Credit(ARTICLE, quoted=quoted)
        named = self._named_rather(named)
        speaker = named[0][0]
        outlet = outlet_of(named, self._layout, self._names)
        return Credit(speaker.name, outlet, speaker.role, self._relay(named), quoted)

    def no_response(self) -> list[str]:
        """Return who is said not to have answered, to have declined to comment or not to be reached, in order."""
        return silent(self._layout, self._sources)

    def _own_count(self, i: int) -> bool:
        """Whether the writer counted by themselves in this sentence, before word ``i``."""
        low = self._layout.bounds[i][0]
        return bool(OWN_COUNT.search(self.doc[low:i].text)) and self._layout.quote[low] < 0

    def _voice(self, voice: Voice | None) -> list[_Credited]:
        return [(voice[0], voice[1])] if voice and voice[0] else []

    def _named_rather(self, named: list[_Credited]) -> list[_Credited]:
        """Put an agency that reports before "authorities" of the same sentence, of whom it is one."""
        source, clause = named[0]
        if source.outlet and clause:
            acts = [k for k, (one, by) in enumerate(named) if by and by.strength == INTAKE and not one.outlet]
            acts = [k for k in acts if named[k][0].role == "organisation"]
            return [named[acts[0]], *named[: acts[0]], *named[acts[0] + 1 :]] if acts else named
        head = self.doc[source.at]
        counts = clause is not None and lemma(self.doc[clause.cue]) in COUNTS | ACTS
        if source.named or not counts or lemma(head) not in _NAMELESS:
            return named
        rest = [k for k, (one, by) in enumerate(named) if k and by and one.named and one.role == "organisation"]
        rest = [k for k in rest if not named[k][0].outlet]
        return [named[rest[0]], *named[: rest[0]], *named[rest[0] + 1 :]] if rest else named

    def _relay(self, named: list[_Credited]) -> str | None:
        """Return who said that the speaker said so: the next credit around the speaker's own."""
        (speaker, inner), *others = named
        for source, clause in others:
            faint = clause is not None and clause.strength >= INTAKE
            same_sentence = inner and clause and self._layout.bounds[inner.cue] == self._layout.bounds[clause.cue]
            holds = clause is None or inner is None or not same_sentence or clause.covers(inner.cue)
            if source.name != speaker.name and not source.outlet and holds and not faint:
                return source.name
        return None

    def _covering(self, i: int) -> list[Clause]:
        """Return the clauses that cover word ``i``, the innermost first."""
        quote = self._layout.quote
        found = [
            clause
            for clause in self._speakers.clauses
            if clause.covers(i) and quote[clause.cue] in {quote[i], -1} and not self._in_subject(clause, i)
        ]
        found = [clause for clause in found if not any(self._left_behind(clause, other) for other in found)]
        return sorted(found, key=lambda clause: (quote[clause.cue] != quote[i], *self._distance(clause, i)))

    def _left_behind(self, clause: Clause, other: Clause) -> bool:
        """Whether another clause begins anew after one beside its content: "…, Ruiz said, and the city counted 90"."""
        between = self.doc[clause.cue : other.source.at]
        if not clause.around or other.cue <= clause.cue or other.around or len(between) == 0:
            return False
        return any(t.lower_ == "and" and t.nbor(-1).text == "," for t in between)

    def _in_subject(self, clause: Clause, i: int) -> bool:
        """Whether the figure stands in the subject of the reporting verb itself: "40 percent of voters said"."""
        token = self.doc[clause.source.at]
        return not clause.around and token.dep_ == "nsubj" and token.left_edge.i <= i <= token.i

    def _distance(self, clause: Clause, i: int) -> tuple[bool, bool, int, int, int]:
        """Return how far a clause is from a word: unowned, past a "but", faint, turns between, words between."""
        low, high = sorted((clause.cue, i))
        turns = sum(token.lower_ in _TURNS for token in self.doc[low + 1 : high])
        behind = clause.cue > i and not clause.around
        past = bool(turns) and clause.around
        # What stands beside its content is outside what a verb governs.
        words = high - low + (50 if clause.around else 0)
        return clause.source.name == ARTICLE, past, clause.strength, turns + behind, words

    def _continued(self, i: int) -> Source | None:
        """Return the source with which an uncredited sentence goes on: that of the sentence before it."""
        low, high = self._layout.bounds[i]
        low = max((t.i + 1 for t in self.doc[low:i] if t.text == ";"), default=low)
        if self._has_actor(low, high):
            return None
        quote, unit = self._layout.quote, self._layout.unit(self.doc[i].idx)
        goes_on = bool(_GOES_ON.search(self.doc[low:high].text))
        earlier = [
            clause
            for clause in self._speakers.clauses
            if clause.cue < low and quote[clause.cue] == quote[i] and self._can_go_on(clause)
        ]
        if not earlier:
            return None
        last = max(earlier, key=lambda clause: clause.cue)
        home = self._layout.unit(self.doc[last.cue].idx)
        listed = all(self._layout.is_line(k) for k in range(home + 1, unit + 1))
        spoke = {one.source.name for one in earlier if self._layout.unit(self.doc[one.cue].idx) == home}
        goes_on |= len(spoke) == 1 and bool(_SHARE_FIRST.match(self.doc[low:high].text))
        if self._turn(home) != self._turn(unit) or (unit - home > goes_on and not listed):
            return None
        same = [clause for clause in earlier if self._layout.bounds[clause.cue] == self._layout.bounds[last.cue]]
        best = min(same, key=lambda clause: (clause.source.name == ARTICLE, clause.strength, -clause.cue))
        here = self._layout.bounds[last.cue] == self._layout.bounds[i]
        person = best.source.role == "person" and not here and not (goes_on and home == unit)
        # "Ruiz said 38,446 were stopped. In May it had been 37,500": what was said is told on, a tense further back.
        if (
            person
            and home == unit
            and best.strength == 0
            and self._layout.bounds[last.cue][1] == self._layout.bounds[i][0]
        ):
            person = quote[i] >= 0 or not self._told_on(*self._layout.bounds[i])
        if best.source.outlet and unit > home:
            return None
        return None if best.source.name == ARTICLE or person else best.source

    def _told_on(self, low: int, high: int) -> bool:
        """Whether the main verb of a sentence is in the past perfect."""
        root = next((t for t in self.doc[low:high] if t.dep_ == "ROOT"), None)
        return root is not None and any(t.lower_ == "had" and t.dep_ in {"aux", "auxpass"} for t in root.children)

    def _can_go_on(self, clause: Clause) -> bool:
        return clause.strength < FAINT or clause.source.role in _WRITTEN

    def _turn(self, unit: int) -> tuple[str, Source | None] | None:
        """Return whose block or labelled turn a paragraph is; None for the article's own."""
        spans = [span for span in self._layout.spans_in(unit) if span.kind in {"block", "label"}]
        return (spans[0].label, self._speakers.voices[spans[0]][0]) if spans else None

    def _has_actor(self, low: int, high: int) -> bool:
        """Whether a sentence has an actor of its own: a name, people or "we" as subject of its main verb."""
        subjects = [token for token in self.doc[low:high] if token.dep_ in {"nsubj", "nsubjpass"}]
        return any(self._acts(token) for token in subjects if token.head.dep_ in {"ROOT", "conj", "ccomp"})

    def _acts(self, subject: Token) -> bool:
        mention, verb = self._names.at(subject.i), subject.head
        active = subject.dep_ == "nsubj"
        if not active and verb.lemma_ in _FIELDED:
            return True
        if mention and subject.ent_type_ not in {"DATE", "NORP"} and self._names.kind(mention) != "place":
            return True
        if mention and active and verb.pos_ == "VERB" and verb.lemma_ not in _SHARES | COUNTS | _SEES:
            return True
        if subject.lower_ in {"i", "we", "you"}:
            return True
        counted = any(token.like_num for token in subject.subtree)
        owners = [self._names.at(t.i) for t in subject.children if t.dep_ == "poss"]
        if any(owner and self._names.kind(owner) == "organisation" for owner in owners) and not counted:
            return True
        owned = any(token.tag_ == "PRP$" for token in subject.children)
        people = is_person_noun(subject.lower_) and active and not owned and verb.lemma_ not in _SHARES
        return not counted and (people or (verb.lemma_ in REPORTS and subject.pos_ == "NOUN"))

    def _of_line(self, match: re.Match[str]) -> Source | None:
        """Return the source that a line "Source: X" names."""
        tokens = self._layout.within(match.start("name"), match.end("name"))
        if not tokens or not match["name"].strip():
            return None
        mention = self._names.at(tokens[0].i) or self._names.at(tokens[-1].i)
        beyond = [t for t in tokens if t.is_alpha and mention and not mention.start <= t.i < mention.end]
        whole = len(beyond) <= 1 or all(t.text.islower() for t in beyond)
        name = self._names.full(mention) if mention and whole else " ".join(match["name"].split())
        return Source(name, "organisation", tokens[0].i)

    def _under_line(self, char: int) -> Source | None:
        """Return the source of a line "Source: X" under the list or box that holds a character."""
        unit = self._layout.unit(char)
        for start, source in self._lines:
            home = self._layout.unit(start)
            if start < char or source is None:
                continue
            if (
                home - unit <= 1
                or self._layout.is_line(unit)
                or not any(self._layout.words_of(k).endswith(".") for k in range(unit, home))
            ):
                return source
        return None
