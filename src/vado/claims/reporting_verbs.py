"""Verbs that credit their subject with a figure, by what each needs beside it to do so.

"Say" always credits; "find" and "show" need a document, a poll or a clause; "put" needs "at" and a number; "have" a
poll or a bare number. How strongly a verb credits decides between several in one sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vado.claims.antecedents import Source
from vado.claims.figure import ARTICLE
from vado.claims.source_words import WRITTEN, bare, is_person_noun, lemma, word_set

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

#: Verbs of saying and of judging: whatever their subject says is theirs.
STATES = word_set(
    "say tell announce report estimate note acknowledge write tweet testify confirm claim state declare proclaim "
    "insist warn argue contend assert maintain concede allege believe think reckon guess suppose figure expect "
    "project forecast predict calculate compute remember recall explain stress emphasize emphasise observe remark "
    "reply respond answer shout joke quip object caution inform disclose conclude complain boast repeat mention "
    "comment continue agree counter retort cite quote assume swear post email message recount relate deny lament "
    "assure advise speculate underline underscore highlight outline propose "
    "venture wager conjecture surmise opine fear suspect hazard grumble fume brag marvel scoff"
)
#: Verbs that credit only with a clause, a quotation or beside their content: "added that", "admitted: …".
SPEAKS = word_set("add go admit hold call read learn ask describe")
#: Verbs of counting: an organisation, person or document that counts is credited with the count.
COUNTS = word_set("count record log register document tally track list tabulate enumerate measure book")
#: Verbs by which a document, a poll or an organisation makes something known.
SHOWS = word_set("show prefer imply find reveal indicate suggest reflect detail contain determine establish")
#: Verbs that place a number, with the words that stand before it.
PLACES = {
    **dict.fromkeys(("put", "place", "peg", "set", "pin"), frozenset({"at", "between", "as", "to", "near"})),
    "arrive": frozenset({"at"}),
    "come": frozenset({"to", "up", "in", "out", "down"}),
    "land": frozenset({"at", "on"}),
    "end": frozenset({"up"}),
    "settle": frozenset({"at", "on"}),
}
#: Verbs that need a document as their object: "released figures", "gave a count of".
GIVES = word_set("give offer release publish issue provide unveil share present circulate distribute open use")
#: Verbs by which an agency's own intake is told: the weakest sign of a credit.
TAKES = word_set("receive take process handle")
#: Verbs of an agency's own acts upon those whom it counts: "the institute detained 256,526".
ACTS = word_set(
    "detain apprehend arrest stop encounter intercept catch meet expel deport return repatriate remove release issue "
    "grant admit approve deny reject refuse vaccinate enroll enrol rescue discharge shelter serve house feed screen "
    "naturalize naturalise resettle bury identify place detect sight locate"
)
#: Words by which an agency "has" those in its keeping.
_KEEPING = frozenset({"care", "custody", "hands", "keeping", "books", "shelters", "facilities"})
#: Verbs by which a pollster's work is told: "surveyed 806 adults".
ASKS = frozenset({"survey", "poll", "interview", "ask", "question"})
#: Verbs that credit with one small word after them.
PARTICLES = {
    "point": frozenset({"out"}),
    "speak": frozenset({"of", "about"}),
    "admit": frozenset({"to"}),
    "own": frozenset({"up"}),
}
#: All verbs that report, and all that can credit somebody.
REPORTS = STATES | COUNTS | SHOWS | GIVES
KNOWN = REPORTS | SPEAKS | PLACES.keys() | TAKES | ACTS | ASKS | PARTICLES.keys() | {"have", "get"}
#: Verbs of sums, by which "gets" has a number for its result.
_SUMS = word_set("add count sum tally combine multiply divide subtract total compile tot comb piece")
#: Verbs that credit in the passive, with "by".
PASSIVE = (COUNTS | PLACES.keys()) | word_set(
    "report estimate announce tell calculate project compute cite quote forecast confirm claim give"
)
#: What chambers do by voting.
_VOTED = word_set("confirm approve pass reject adopt admit declare deny answer propose place reject")
_CHAMBERS = word_set("senate house congress parliament assembly chamber council")
#: Helpers of a verb that says what may be.
DOUBTFUL = frozenset({"should", "must", "may", "might", "could", "can"})
#: Verbs that the model takes for nouns.
TAKEN_FOR_NOUNS = word_set(
    "estimates reports says counts claims notes projects forecasts guesses reckons ventures pegs concedes admits "
    "figures show shows suggest suggests say indicate indicates"
)
#: Verbs whose subject is a count: "the institute's tally stood at".
RESTS = word_set("stand total reach run hit rise fall grow climb remain hover sit amount drop exceed top pass cross")
#: What stands before the figures on which an announcement rests.
RESTS_ON = frozenset({"basis of", "drawing on", "relying on", "rests on", "announced using", "strength of"})
_MEANS = frozenset({"be", "mean", "seem", "appear", "ensure", "make"})
_PERCENT = frozenset({"%", "percent"})


def takes_that(verb: Token) -> bool:
    """Whether a clause with "that" right after the verb completes it: "shot back that"."""
    impersonal = any(t.dep_ == "nsubj" and t.lower_ in {"it", "there"} for t in verb.children)
    if impersonal or verb.lemma_ in _MEANS:
        return False
    near = verb.doc[verb.i + 1 : verb.i + 4]
    that = next((t for t in near if t.lower_ == "that" and t.dep_ == "mark"), None)
    return that is not None and that.head.head.i == verb.i and that.head.dep_ == "ccomp"


def strength(verb: Token, source: Source, following: Span, *, around: bool, qualified: bool) -> int | None:
    """Return how strongly a verb credits its subject, None where it does not.

    Parameters
    ----------
    verb
        The verb.
    source
        Its subject.
    following
        The words after the verb in its sentence.
    around
        Whether the clause stands beside its content: "…, Ruiz said, …".
    qualified
        Whether a name qualifies the subject: "Red Cross volunteers".

    Returns
    -------
    int or None
        0 for an explicit credit, 1 for a count by somebody unnamed, 2 for what only points to a source.
    """
    word = verb.lemma_.lower()
    written = source.name == ARTICLE or lemma(verb.doc[source.at]) in WRITTEN or source.role == "poll"
    content = any(child.dep_ == "ccomp" and child.i > verb.i for child in verb.children)
    first = following[0].lower_ if len(following) else ""
    itself = source.role == "organisation" and not is_person_noun(verb.doc[source.at].lower_)
    if word in ACTS and itself and _upon_a_number(verb):
        return 2
    if word in ASKS and first and following[0].like_num:
        return 2 if source.role != "person" else None
    # "The Senate confirmed him": a vote is no statement.
    if word in _VOTED and _CHAMBERS.intersection(bare(source.name).split()):
        return None
    if word == "get":
        if source.role in {"organisation", "poll"} and any(t.lower_ in _PERCENT for t in following[:5]):
            return 0
        sums = any(t.pos_ == "VERB" and t.lemma_.lower() in _SUMS for t in verb.sent)
        return 0 if sums and any(t.like_num for t in following[:5]) else None
    if word in PARTICLES and (first in PARTICLES[word] or (word == "speak" and _speaks_of(following))):
        return 0
    if word in SPEAKS:
        speech = around or content or any(t.text in {"“", '"', ":"} for t in following[:6])
        return 0 if speech or any(t.lower_ == "that" for t in following[:2]) else None
    if word in STATES or takes_that(verb):
        return 0
    if word in COUNTS:
        return 0 if source.named or written or qualified else 1
    if word in SHOWS:
        if written or content or around:
            return 0
        percent = any(t.lower_ in _PERCENT for t in following)
        return 0 if source.role == "organisation" and (word != "find" or percent) else None
    if word in PLACES:
        return _places(word, source, following)
    if word in PARTICLES:
        return None
    if word == "have":
        if written or _has(source, following):
            return 0
        kept = any(t.lower_ in _KEEPING and t.i > verb.i + 2 and t.nbor(-1).tag_ == "PRP$" for t in following[:9])
        return 2 if kept and source.role == "organisation" and _upon_a_number(verb) else None
    if word == "give" and source.role == "organisation" and _number_alone(following):
        return 0
    if word in GIVES:
        holds = any(lemma(t) in WRITTEN or t.lower_ == "head" for t in following[:12])
        told = any(t.text == ":" or t.like_num for t in following)
        return (0 if told else 2) if holds else None
    return 2 if word in TAKES and source.role == "organisation" else None


def _upon_a_number(verb: Token) -> bool:
    """Whether the object of a verb is a number of people or things: "detained 41,000 foreigners"."""
    objects = [child for child in verb.children if child.dep_ in {"dobj", "dative", "attr", "ccomp"}]
    return any(t.like_num for one in objects if one.i > verb.i for t in verb.doc[verb.i + 1 : one.i + 1])


def _places(word: str, source: Source, following: Span) -> int | None:
    """Return the strength of "put the total at", "arrives at", "came to"."""
    near = next((k for k, t in enumerate(following) if t.lower_ in PLACES[word]), None)
    comes = word in {"come", "arrive", "land", "end"}
    if near is None or (comes and source.name == ARTICLE) or (comes and word != "arrive" and near > 0):
        return None
    return 0 if any(t.like_num for t in following[near : near + 7]) else None


def _has(source: Source, following: Span) -> bool:
    """Whether an organisation "has" a number as its finding: "has it at 41", "has 188,858 for the year"."""
    numbers = [k for k, t in enumerate(following[:9]) if t.like_num]
    if source.role != "organisation" or not numbers:
        return False
    words = [t.lower_ for t in following[:4]]
    placed = "at" in words and numbers[-1] > words.index("at")
    percent = any(t.lower_ in _PERCENT for t in following[:9])
    last = next(k for k in numbers if k + 1 not in numbers)
    return placed or percent or (numbers[0] <= 1 and following[last].dep_ in {"dobj", "attr"})


def _speaks_of(following: Span) -> bool:
    """Whether "of" or "about" and a number come some words on: "spoke the same day of 10,000"."""
    near = next((k for k, t in enumerate(following[:6]) if t.lower_ in PARTICLES["speak"]), None)
    return near is not None and any(t.like_num for t in following[near + 1 : near + 4])


def _number_alone(following: Span) -> bool:
    """Whether a number without a noun comes next: "gives 1.1 million"."""
    if not len(following) or not following[0].like_num:
        return False
    after = 1 + (following[1:2].text in {"million", "thousand"})
    return len(following) <= after or following[after].pos_ not in {"NOUN", "PROPN"}
