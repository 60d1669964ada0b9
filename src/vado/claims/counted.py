"""What a number counts: people, events, a share, or something that is no figure here.

Money, dates, times, ages, durations, distances, names that hold a number, samples and margins of error are left alone.
What remains is a figure when it is a share or counts people or events (``counted.yaml``), or stands bare where a count
would ("reached 17,638 in September").
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

import yaml

from vado.claims.figure import Unit
from vado.claims.language import text_of
from vado.claims.not_counted import PERCENT, is_no_figure

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from vado.claims.numbers import Number
_AMOUNT = re.compile(
    r"[$€£¥]\s?\d[\d,.]*(?:\s(?:thousand|million|billion))?|\b[\d.,]+(?:\s(?:thousand|million"
    r"|billion))?\s(?:dollars|pesos|euros|quetzales|lempiras)\b",
    re.I,
)
_RATE = re.compile(
    r"\b(?:(?P<day>(?:an?|per|each|every)\s(?:single\s)?day|daily|per\s24\shours)|(?P<month>(?:an?|per|each"
    r"|every)\smonth|monthly)|"
    r"(?P<year>(?:an?|per|each|every)\syear|annually|yearly))\b"
    r"(?!\s(?:ago|earlier|before|later|on))",
    re.I,
)
#: Nouns in two parts, which a tagger takes apart.
_JOINED = re.compile(r"^\s(?:[\w-]+\s){0,2}?(got[- ]?aways?|get[- ]?aways?|turn[- ]?backs?|asylum[- ]seekers?)\b", re.I)
_MOVES = (
    r"rose|risen|rise|rising|rises|up|increas\w+|grew|grown|growth|grow|growing|climb\w*|jump\w*|soar\w*"
    r"|surg\w+|spik\w+|gain\w*|swell\w*|"
    r"down|fell|fallen|fall|falling|falls|drop\w*|declin\w+|decreas\w+|plung\w+|plummet\w+|shr[aiu]nk|slip\w*"
    r"|tumbl\w+|slid\w*|"
    r"dip\w*|lower|higher|reduc\w+|cut"
)
_MOVED_BEFORE = re.compile(
    rf"(?<!thumbs\s)\b(?:{_MOVES})(?:,)?(?:\s(?:by|of|about|around|some|roughly|nearly|almost|approximately|an?"
    rf"|another|more|less|than|over|just|"
    r"under|well|at|least|as|much|estimated|only|further|close|to(?=\s(?:almost|nearly)\sno)))*\s$",
    re.I,
)
_MOVED_AFTER = re.compile(
    r"^\s?(?:[\w-]+\s){0,2}?(?:increase|rise|jump|drop|decline|fall|decrease|surge|spike|growth|reduction|gain"
    r"|dip|plunge|uptick|"
    r"more\b|fewer\b|less\b(?!\sthan)|higher|lower|above|below|over\sthe\s(?:year|month|previous|prior|same)"
    r"|(?<!thumbs\s)(?:up|down)\b)",
    re.I,
)
_TIMES = frozenset(
    [
        "second",
        "minute",
        "hour",
        "day",
        "night",
        "week",
        "weekend",
        "month",
        "year",
        "quarter",
        "decade",
        "century",
        "morning",
        "afternoon",
        "evening",
        "season",
        "time",
    ]
)
_COUNTING = frozenset(
    [
        "be",
        "total",
        "reach",
        "number",
        "count",
        "record",
        "rise",
        "fall",
        "climb",
        "drop",
        "hit",
        "exceed",
        "top",
        "surpass",
        "average",
        "grow",
        "swell",
        "increase",
        "decrease",
        "decline",
        "jump",
        "put",
        "estimate",
        "stand",
        "include",
        "see",
        "report",
        "tally",
        "peak",
        "register",
        "log",
        "become",
        "remain",
        "make",
        "place",
        "house",
        "hold",
        "represent",
        "come",
        "go",
    ]
)


@dataclass(frozen=True)
class Counted:
    """What a number counts.

    Parameters
    ----------
    unit
        ``count``, ``percent``, ``change_percent`` or a rate.
    noun
        The noun that is counted, as a lemma; empty for a bare number or a share.
    end
        Character after the words that belong to the number ("38 percent" ends after "percent").
    """

    unit: Unit
    noun: str
    end: int


@functools.cache
def lexicon() -> dict[str, frozenset[str]]:
    """Return the nouns of each kind: ``people``, ``events``, ``totals``, ``money``, ``not_people``."""
    content = yaml.safe_load((files(__package__) / "counted.yaml").read_text(encoding="utf-8"))
    return {kind: frozenset(words.split()) for kind, words in content.items()}


def counted(doc: Doc, number: Number) -> Counted | None:
    """Return what a number counts, or None where it is no figure.

    Parameters
    ----------
    doc
        The text as parsed.
    number
        A number of that text.
    """
    text = text_of(doc)
    before, after = text[max(0, number.start - 80) : number.start], text[number.end : number.end + 120]
    if is_no_figure(text, number, before, after):
        return None
    percent = PERCENT.match(after)
    if percent:
        return _percentage(doc, number, before, after, percent)
    noun = _noun(doc, number)
    if number.share:
        if re.match(r"^\sof\s(?:it|that|this)\b", after):
            return None
        if noun and noun.lower() in lexicon()["not_people"] | lexicon()["money"]:
            return None
        return Counted("percent", "", number.end)
    if noun is None:
        return Counted(_rate(after, "count"), "", number.end) if _bare_count(doc, number) else None
    partitive = number.value >= 1000 and re.match(r"^\sof\s", after)
    if not partitive and not _counts(noun, number):
        return None
    if (
        number.spelled
        and number.value < 10
        and noun not in {"death", "body", "vote", "million"}
        and not _of_death(doc, number)
    ):
        return None
    return Counted(_rate(after, "count"), noun, number.end)


def _percentage(doc: Doc, number: Number, before: str, after: str, percent: re.Match[str]) -> Counted | None:
    rest = after[percent.end() :]
    signed = re.search(r"(?:^|[\s(:])[+−–-]\s?$", before)
    if "point" in percent[0] or re.match(r"^\s?points?\b", rest):
        return None
    if _of_money(doc, number, rest):
        return None
    moved = signed or _MOVED_BEFORE.search(before) or _MOVED_AFTER.search(rest)
    return Counted("change_percent" if moved else "percent", "", number.end + percent.end())


def _of_money(doc: Doc, number: Number, rest: str) -> bool:
    """Tell whether a percentage is one of money or things: by its whole, its clause's subject, an amount before."""
    money = lexicon()["money"]
    of = re.match(r"^\s(?:of|in|on)\s(?P<of>(?:[\w'’-]+\s?){1,5})", rest)
    if re.match(r"^\sof\s(?:those|them|these|all|whom)\b", rest):
        return False
    if of:
        words = [word.strip("'’-").lower() for word in of["of"].split()]
        kinds = [
            kind
            for kind in ("people", "events", "things")
            if any(w in lexicon()[kind] or w.removesuffix("s") in lexicon()[kind] for w in words)
        ]
        if kinds == ["things"]:
            return True
        if kinds:
            return False
    sentence = _token_at(doc, number.start).sent
    ahead = text_of(doc)[sentence.start_char : number.start]
    amounts = list(_AMOUNT.finditer(ahead))
    if amounts and not re.search(r"\d", ahead[amounts[-1].end() :]):
        return True
    whole = re.match(
        r"^\s(?:of|in|on|more|less|higher|lower)\s(?:the\s|all\s|its\s|their\s)?((?:[\w-]+\s?){1,3})", rest
    )
    if whole and any(word.rstrip("s").lower() in money for word in whole[1].split()):
        return True
    token = _token_at(doc, number.start)
    clause = _verb_above(token)
    subjects = (
        [child for child in clause.children if child.dep_ in {"nsubj", "nsubjpass"}] if clause is not None else []
    )
    nouns = [token, *token.ancestors] if token is not None else []
    near = [word for word in nouns if word.dep_ in {"nmod", "compound", "attr", "dobj"}][:2]
    return any(word.lemma_.lower() in money for word in [*subjects, *near]) or bool(
        re.match(r"^[\s-](?:[\w-]+\s)?(?:tariff|tax|interest|rate\sof\sinterest|pay|raise|discount|stake|fee)", rest)
    )


def _verb_above(token: Token | None) -> Token | None:
    while token is not None and token.pos_ not in {"VERB", "AUX"}:
        if token.head.i == token.i:
            return None
        token = token.head
    return token


def _token_at(doc: Doc, start: int) -> Token:
    """Return the word that holds a character."""
    span = doc.char_span(start, start + 1, alignment_mode="expand")
    return span[0] if span is not None else doc[0]


def _noun(doc: Doc, number: Number) -> str | None:
    """Return the noun that follows a number, as a lemma; None where a bare number stands.

    Adjectives, nationalities, words in brackets and "of the" are passed over; the last noun of a run is the head.
    """
    span = doc.char_span(number.start, number.end, alignment_mode="expand")
    if span is None:
        return None
    joined = _JOINED.match(text_of(doc)[number.end : number.end + 40])
    if joined:
        return joined[1].lower().replace(" ", "-").removesuffix("s")
    found: Token | None = None
    passed = 0
    depth = 0
    for token in doc[span.end : min(len(doc), span.end + 12)]:
        if (
            (token.is_space and "\n" in token.text)
            or token.lemma_.lower() in _TIMES
            or token.lower_ in {"last", "next", "same"}
        ):
            break
        if token.text in "([":
            depth += 1
            continue
        if token.text in ")]":
            depth -= 1
            continue
        if depth > 0 or token.text in {'"', "“", "”", "-", "–"} or token.is_space:
            continue
        if found is not None and token.pos_ not in {"NOUN"}:
            break
        if token.pos_ == "NOUN" or _nation(token) or (token.pos_ == "PROPN" and token.tag_ == "NNPS"):
            if (found is not None and _nation(found) and token.pos_ == "NOUN") or found is None or token.pos_ == "NOUN":
                found = token
            continue
        if (
            token.pos_ in {"ADJ", "ADV", "PROPN", "NUM"}
            or token.lower_
            in {
                "of",
                "'s",
                "’s",
                "the",
                "those",
                "these",
                "all",
                "such",
                "more",
                "other",
                "or",
                "and",
                "u.s.",
                "new",
                "mostly",
                "so",
            }
            or token.tag_ == "HYPH"
            or (
                token.tag_ in {"VBN", "VBG"}
                and token.dep_ in {"amod", "nmod", "compound", "acl"}
                and token.i + 1 < len(doc)
            )
        ):
            passed += 1
            if passed > 7:
                break
            continue
        if token.pos_ == "PUNCT" and token.text == "," and doc[token.i - 1].pos_ == "ADJ":
            continue
        break
    return found.lemma_.lower() if found is not None else None


def counts_things(doc: Doc, number: Number) -> bool:
    """Tell whether the noun after a number names things, not people or events."""
    text = text_of(doc)
    after = text[number.end : number.end + 120]
    if PERCENT.match(after) or is_no_figure(text, number, text[max(0, number.start - 80) : number.start], after):
        return False
    noun = _noun(doc, number)
    return noun is not None and not _counts(noun, number)


def _nation(token: Token) -> bool:
    """Tell whether a word is a people's name in the plural: Haitians, Cubans, Hondurans."""
    return (
        token.text[:1].isupper()
        and bool(re.search(r"(?:ans|ese|is|ns|ish)$", token.text))
        and token.pos_ in {"PROPN", "NOUN", "ADJ"}
    )


def _counts(noun: str, number: Number) -> bool:
    """Tell whether a noun names people or events."""
    words = lexicon()
    if noun in words["people"] | words["events"] | words["totals"]:
        return True
    if noun in words["not_people"] | words["money"]:
        return False
    stem = noun[:-1] if noun.endswith("s") else noun
    if stem in words["people"] | words["events"]:
        return True
    if stem in words["not_people"]:
        return False
    return bool(re.search(r"(?:er|or|ant|ee|ian|ist|man|woman|ean|ese)s?$", noun)) and number.value >= 10


def _of_death(doc: Doc, number: Number) -> bool:
    sentence = _token_at(doc, number.start).sent.text
    return bool(re.search(r"\b(?:die[ds]?|dead|death|drown|kill|perish|bod(?:y|ies)|remains)", sentence, re.I))


def _bare_count(doc: Doc, number: Number) -> bool:
    """Tell whether a bare number stands where a count would."""
    if number.value < 10 or (
        re.search(r"\b(?:at|by|from|until|till)\s$", text_of(doc)[max(0, number.start - 6) : number.start])
        and number.value < 100
    ):
        return False
    after = text_of(doc)[number.end : number.end + 24]
    if re.match(
        r"^\s(?:more|fewer|less|a\s(?:year|month)\s(?:earlier|ago|before)|the\s(?:year|month)\sbefore)\b", after
    ):
        return True
    if re.match(r"^\s(?:needed|required)\b", after):
        return False
    if number.value >= 200 or number.scale > 12:
        return True
    token = _token_at(doc, number.start)
    verb = _verb_above(token)
    if verb is None:
        return False
    if verb.lemma_.lower() not in _COUNTING:
        return False
    subject = next((child for child in verb.children if child.dep_ in {"nsubj", "nsubjpass"}), None)
    person = subject is not None and (
        subject.lower_ in {"he", "she", "i", "who", "you", "it"} or subject.ent_type_ == "PERSON"
    )
    return not person


def _rate(after: str, unit: Unit) -> Unit:
    """Return the unit with the time that it is taken over, where the words after say one."""
    clause = re.split(r"[.;:!?](?:\s|$)|,", after)[0]
    match = _RATE.search(clause[:60])
    if not match:
        return unit
    return "per_day" if match["day"] else "per_month" if match["month"] else "per_year"
