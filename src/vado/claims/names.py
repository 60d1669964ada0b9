"""Names in a text: of persons, organisations and outlets, each with the fullest form that the text gives of it.

A name is read from its capitals and the words around it first, and from the model's label last, for the small model
often takes an agency for a person and a surname for a place. "Payan", "CBP" and "AMLO" stand for the names that the
same text gives in full: by a shared surname, by an acronym in parentheses or by initials, or by "as X is known".
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from vado.claims.source_words import ORGANISATION_WORDS, OUTLET_WORDS, TITLES, bare, is_person_noun, word_set

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

Kind = Literal["person", "organisation", "outlet", "place"]


#: Capitalised words that are no names, or no part of one, where a sentence begins.
_PLAIN = word_set(
    "the a an this that these those it he she they we i you who what when where why how which there here if in on at "
    "by of for from to with without within as and but or nor so yet not no than then after before since until while "
    "during among between about above over under up down more most less least fewer many much some any each every all "
    "both either neither none another other others such same only just even still also its his her their our your my "
    "is are was were be been being has have had do does did will would can could may might must should per according "
    "asked speaking mr mrs ms dr sen rep yes ok okay well now today yesterday tomorrow tonight dear source sources "
    "photo related updated q one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty "
    "sixty seventy eighty ninety hundred thousand million dozens hundreds thousands half nearly almost roughly around "
    "approximately january february march april may june july august september october november december jan feb mar "
    "apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri "
    "sat fiscal estimates overall meanwhile however moreover nationwide"
)
#: Words that a number follows: laws, roads, rooms.
_NUMBERED = word_set(
    "title section article highway form bill room suite channel route flight mile chapter page gate exhibit box act "
    "paragraph courtroom interstate proposition prop number phase annex district"
)
#: Nouns that open a sentence in news and are no names, unless "for" or "of" makes them one.
_OPENING = word_set(
    "figures numbers data statistics records reports officials authorities sources documents agents lawmakers experts "
    "advocates voters critics supporters key apprehensions encounters arrests detentions removals returns deportations "
    "expulsions crossings requests applications deaths disappearances releases admissions repatriations approval "
    "disapproval"
)
#: Titles that are as often part of a name.
_SURNAMES = word_set("cardinal king pope prince bishop lord queen coach reader farmer host author principal speaker")
_POLLSTERS = word_set("gallup quinnipiac monmouth pew ipsos yougov rasmussen marist frontex eurostat")
_DIRECTIONS = word_set("central north northern south southern east eastern west western latin")
#: Verbs whose subject, alone at the head of a sentence, is a name: "Ruiz said".
_SAYS = frozenset({"say", "tell", "add", "note", "write", "testify", "tweet"})
#: Nouns right before a name by which it is an outlet's, or an organisation's, and what outlets do.
_PAPERS = word_set("newspaper magazine daily weekly tabloid broadcaster station website podcast")
_BODIES = word_set("charity ngo nonprofit tank pollster agency group network organization organisation")
_LEARNS = frozenset({"report", "learn", "reveal"})
_JOINS_PART = word_set("of for on against without")
#: Last words of a name that make it one of a place, and states that news name often.
_PLACE_WORDS = word_set(
    "street avenue road highway bridge river county park valley creek island islands pass boulevard square america "
    "states kingdom republic texas california arizona florida york sector coast desert jungle gap "
    "mediterranean balkans atlantic pacific caribbean sahara"
)
#: Last words of a name that make it one of a date: "Inauguration Day".
_DATE_WORDS = frozenset({"day", "eve", "week", "weekend"})
#: How many words of a heading are looked at on each side of one.
_HEADING = 10
_COUNTRIES = frozenset({("us",), ("usa",), ("uk",), ("eu",), ("un",), ("united", "states"), ("american",), ("border",)})
_DEMONYM = re.compile(r"[A-Z]\w+(?:ans|ese|eans|inos|ish|ois|is)")
_PARTICLES = word_set("de del la las los el y e van von der den di da do dos bin al ben ter le du ibn")
#: Nouns before "and" that name a field: "Customs and Border Protection", "Health and Human Services".
_FIELDS = word_set(
    "customs immigration health citizenship justice education labor labour trade agriculture research economic "
    "economics refugees refugee migration border law policy science humanitarian food housing development arts naval"
)


@dataclass(frozen=True)
class Mention:
    """A name where it stands.

    Parameters
    ----------
    start, end
        Words of the doc, the end excluded; a title before the name is left out.
    text
        The name as it stands.
    title
        The words before it that say what the person is ("Del Rio Mayor"); empty where there are none.
    """

    start: int
    end: int
    text: str
    title: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """Words of the name, in lower case, without full stops and marks."""
        return tuple(word for word in map(bare, re.findall(r"[\w.&’'-]+", self.text)) if word)


class Names:
    """The names of one text.

    Parameters
    ----------
    doc
        The text with its grammar.

    Attributes
    ----------
    mentions
        Every name where it stands, in order.
    """

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self._midway = {t.lower_ for t in doc if t.text[:1].isupper() and not _opens(t) and t.pos_ == "PROPN"}
        self.mentions = [mention for run in self._runs() for mention in self._split(*run)]
        self._at = {i: mention for mention in self.mentions for i in range(mention.start, mention.end)}
        self._alone = {m.parts[0] for m in self.mentions if len(m.parts) == 1}
        self._kinds = self._decide_kinds()
        self._full = self._join_aliases()

    def at(self, i: int) -> Mention | None:
        """Return the name that holds word ``i``, or None."""
        return self._at.get(i)

    def kind(self, mention: Mention) -> Kind:
        """Return what sort of thing a name names, by all places where its fullest form stands."""
        return self._kinds.get(self._full.get(mention.parts, mention.text), self._kinds[mention.text])

    def full(self, mention: Mention) -> str:
        """Return the fullest form that the text gives of a name."""
        return self._full.get(mention.parts, mention.text)

    def people(self) -> list[Mention]:
        """Return the names of persons, in order."""
        return [mention for mention in self.mentions if self.kind(mention) == "person"]

    def _capital(self, token: Token) -> bool:
        text = token.text
        if not text[:1].isalpha() or (token.like_num and not text[:1].isupper()):
            return False
        if not text[0].isupper():
            return bool(re.fullmatch(r"[a-z]+\d+", text))
        word = bare(text)
        follows = token.i + 1 < len(self.doc) and self.doc[token.i + 1].text[:1].isupper()
        if word in _PLAIN and not ((text.isupper() and "." in text) or (word == "today" and text.isupper())):
            # "PLOS ONE"
            goes_on = text.isupper() and len(text) > 1 and token.i > 0 and token.nbor(-1).text.isupper()
            return (word in TITLES and follows) or (goes_on and len(token.nbor(-1)) > 1 and not _shouted(token))
        if token.ent_type_ in {"DATE", "TIME"} or (token.ent_type_ == "NORP" and token.pos_ != "PROPN"):
            return False
        adjective = token.dep_ in {"amod", "compound"} and re.fullmatch(r"[A-Z]\w+(?:an|ese|ish)", text)
        if not follows and adjective and token.i + 1 < len(self.doc) and token.nbor().pos_ == "NOUN":
            return False
        if word in _DIRECTIONS and follows and not self._capital(token.nbor()):
            # "Central American families"
            return False
        if not follows and (_DEMONYM.fullmatch(text) and (token.tag_ == "NNPS" or token.ent_type_ == "NORP")):
            return False
        if text.isupper() and len(text) > 1 and not _shouted(token):
            return True
        numbered = token.i + 1 < len(self.doc) and token.nbor().like_num
        if word in _NUMBERED - {"channel"} and text.istitle() and numbered:
            return False
        if not _opens(token):
            return True
        joined = [t.text for t in self.doc[token.i + 1 : token.i + 3]]
        joins = token.i + 1 < len(self.doc) and token.nbor().lower_ in _JOINS_PART
        if word in _OPENING and not follows and not joins:
            return False
        if word in _NUMBERED and token.i + 1 < len(self.doc) and token.nbor().like_num:
            return False
        if word in _FIELDS and not follows and not (len(joined) == 2 and joined[0] == "and" and joined[1].istitle()):
            return False
        if token.ent_type_ in {"PERSON", "ORG", "GPE", "LOC"} or token.lower_ in self._midway or follows:
            return True
        if word in _POLLSTERS or (token.dep_ == "nsubj" and token.tag_ == "NN" and token.head.lemma_ in _SAYS):
            return True
        return token.pos_ == "PROPN" and token.i + 1 < len(self.doc) and token.nbor().pos_ not in {"NOUN", "ADJ"}

    def _runs(self) -> list[tuple[int, int]]:
        """Return ``(start, end)`` of runs of capitalised words, joined over "of", "and", "de" where these join."""
        doc, runs, i = self.doc, [], 0
        while i < len(doc):
            if not self._capital(doc[i]):
                i += 1
                continue
            end = i + 1
            while end < len(doc):
                step = self._joins(i, end)
                if not step:
                    break
                end += step
            runs.append((i, end))
            i = end
        return runs

    def _joins(self, start: int, end: int) -> int:
        """Return how many words from ``end`` on belong to the name that began at ``start``; 0 for none."""
        doc = self.doc
        if doc[end].is_sent_start and not _abbreviation(doc[end - 1]):
            return 0
        if self._capital(doc[end]):
            return 1
        word, last = doc[end].lower_, bare(doc[end - 1].text)

        def capital(i: int) -> bool:
            return i < len(doc) and self._capital(doc[i]) and not doc[i].is_sent_start

        tight = not doc[end - 1].whitespace_
        if ((word in {"/", "-", "–"} and tight) or word == "&") and capital(end + 1):
            return 2
        if word in _PARTICLES:
            ahead = next((k for k in (1, 2) if capital(end + k)), 0)
            if ahead and all(doc[end + j].lower_ in _PARTICLES for j in range(ahead)):
                return ahead + 1
        plural = last.endswith("s") and doc[end - 1].tag_ in {"NNPS", "NNS", "NNP"}
        if word in {"'", "’"} and plural and capital(end + 1):
            return 2
        # A name of an organisation goes on over "of" and "for", a person of a town does not.
        of_parts = last in ORGANISATION_WORDS or (plural and word in {"for", "without", "against"})
        if word in _JOINS_PART and of_parts:
            if capital(end + 1):
                return 2
            if end + 1 < len(doc) and doc[end + 1].lower_ == "the" and capital(end + 2):
                return 3
        if word == "and" and capital(end + 1):
            tail = end + 1
            while capital(tail + 1):
                tail += 1
            names_one = bare(doc[tail].text) in ORGANISATION_WORDS
            inside = any(doc[j].lower_ in _JOINS_PART for j in range(start, end))
            if (last in _FIELDS and (names_one or inside)) or (inside and doc[end].ent_iob_ == "I"):
                return 2
        return 0

    def _split(self, start: int, end: int) -> list[Mention]:
        """Return the names in a run, its titles taken off."""
        doc = self.doc
        titles = [j for j in range(start, end) if bare(doc[j].text) in (TITLES - _SURNAMES if j > start else TITLES)]
        cut = titles[-1] + 1 if titles else start
        if cut >= end:
            # The run is a title alone ("the President"), or an organisation that ends in one.
            return []
        if end - start > 1 and bare(doc[end - 1].text) in _DATE_WORDS:
            return []
        rest = {bare(doc[j].text) for j in range(cut, end)}
        if titles and rest & ORGANISATION_WORDS:
            cut = start
        while cut > start and doc[cut].is_punct:
            cut += 1
        title = doc[start:cut].text
        # Callings in small letters before a name: "spokesman Dan Reyes", "the organizer Ramiro Cantoral".
        if not title and start and doc[start - 1].text.islower() and is_person_noun(doc[start - 1].text):
            title = doc[start - 1].text
        text = " ".join(doc[cut:end].text.split())
        return [Mention(cut, end, text, " ".join(title.split()))]

    def _decide_kinds(self) -> dict[str, Kind]:
        votes: dict[str, Counter[Kind]] = {}
        for mention in self.mentions:
            votes.setdefault(mention.text, Counter()).update(self._evidence(mention))
        return {text: max(count, key=lambda kind: count[kind]) for text, count in votes.items()}

    def _evidence(self, mention: Mention) -> Counter[Kind]:
        doc, votes = self.doc, Counter[Kind]({"organisation": 1})
        before = doc[mention.start - 1].lower_ if mention.start else ""
        parts = set(mention.parts)
        last = mention.parts[-1] if mention.parts else ""
        if parts & OUTLET_WORDS and not parts & (ORGANISATION_WORDS - {"press", "today"}):
            votes["outlet"] += 12
        if parts & ORGANISATION_WORDS or parts & _JOINS_PART:
            votes["organisation"] += 12
        if last in {"poll", "survey"}:
            votes["organisation"] += 20
        # "Panama's Senafront": what a country has is no person.
        owner = doc[mention.start - 2] if before in {"'s", "’s"} and mention.start > 1 else None
        if owner is not None and owner.ent_type_ == "GPE" and len(parts) == 1 and not mention.title:
            votes["organisation"] += 6
        if len(parts) == 1 and re.fullmatch(r"(?:[A-Z]\.?){2,6}", mention.text):
            votes["organisation"] += 6
        if mention.title:
            votes["person"] += 15
        if last in _PLACE_WORDS or mention.parts in _COUNTRIES:
            votes["place"] += 9
        follows = self.doc[mention.end].lower_ if mention.end < len(doc) else ""
        if follows in {"sector", "corridor", "crossing", "valley", "county", "province"} and not mention.title:
            votes["place"] += 6
        ahead = " ".join(t.lower_ for t in doc[max(0, mention.start - 2) : mention.start])
        told = any(t.lemma_ in _LEARNS for t in doc[mention.end : mention.end + 2])
        if before in _PAPERS or ((before == "as" or ahead == "as the") and told and not parts & ORGANISATION_WORDS):
            votes["outlet"] += 14
        if before in ORGANISATION_WORDS | _BODIES - {"task", "unit", "house"}:
            votes["organisation"] += 8
        if before == "the":
            votes["organisation"] += 3
        if before in {"in", "near", "into", "across", "at", "from"}:
            votes["place"] += 3
        following = [bare(t.text) for t in doc[mention.end : mention.end + 8]]
        if following and following[0] in {"who", "whose"}:
            votes["person"] += 8
        if following and following[0] == "," and not parts & ORGANISATION_WORDS:
            stop = next((k for k, word in enumerate(following[1:], 1) if word in {",", "said", "says"}), len(following))
            role = following[1:2] and following[1] in {"a", "an", "the", "who", "whose"} | TITLES
            if (role and any(map(is_person_noun, following[1:stop]))) or re.fullmatch(r"\d\d", "".join(following[1:2])):
                votes["person"] += 8
        # "a hangar worker, Elmer Tzoc," and "a reader named Ana Ruiz"
        if before == "," and mention.start > 1 and is_person_noun(doc[mention.start - 2].text):
            votes["person"] += 8
        plain_shape = 2 <= len(mention.parts) <= 4 and not any(
            t.is_digit or t.like_num for t in doc[mention.start : mention.end]
        )
        # Persons are named again by their surname alone, places hardly ever.
        if plain_shape and last in self._alone and before not in {"in", "near", "from"}:
            votes["person"] += 5
        label = Counter(t.ent_type_ for t in doc[mention.start : mention.end]).most_common(1)[0][0]
        if label == "PERSON":
            votes["person"] += 3
        elif label in {"GPE", "LOC", "FAC"}:
            votes["place"] += 4
        elif label == "ORG":
            votes["organisation"] += 1
        if plain_shape and before != "the":
            acts = any(t.dep_ in {"nsubj"} and t.head.pos_ == "VERB" for t in doc[mention.start : mention.end])
            votes["person"] += 2 + 2 * acts
        return votes

    def _join_aliases(self) -> dict[tuple[str, ...], str]:
        """Return the fullest form for each name's words."""
        longest: dict[tuple[str, ...], Mention] = {}
        for mention in self.mentions:
            longest.setdefault(mention.parts, mention)
        ranked = sorted(longest.values(), key=lambda m: -len(m.parts))
        full = {parts: mention.text for parts, mention in longest.items()}
        holding: dict[str, list[Mention]] = {}
        for mention in ranked:
            for key in {*mention.parts, *_initials(mention.parts)}:
                holding.setdefault(key, []).append(mention)
        for short in ranked:
            first = next((word for word in short.parts if word not in {"us", "the"}), "")
            for long in holding.get(first, []):
                if len(long.parts) > len(short.parts) and self._stands_for(short, long):
                    full[short.parts] = full[long.parts]
                    break
        for short, long in self._declared():
            full[short.parts] = full[long.parts]
        return full

    def _stands_for(self, short: Mention, long: Mention) -> bool:
        ours, theirs = self._kinds[short.text], self._kinds[long.text]
        a, b = short.parts, long.parts
        if a in _COUNTRIES:
            return False
        if theirs == "person":
            one = b[-len(a) :] == a or (len(a) == 1 and b[0] == a[0] and ours == "person")
            return one and ours in {"person", "organisation", "place"}
        if theirs == "place" or (ours in {"person", "place"} and not set(a) & ORGANISATION_WORDS):
            return bool(theirs == "organisation" and len(a) == 1 and a[0] in ORGANISATION_WORDS and a[0] == b[0])
        if len(a) == 1 and re.fullmatch(r"(?:[A-Z]\.?){2,6}", short.text):
            return a[0] in _initials(b)
        inner = [w for w in a if w not in {"us", "the"}]
        if not inner or (len(inner) == 1 and (inner[0] in ORGANISATION_WORDS and inner[0] != b[0])):
            return False
        joined = [w for w in b if w not in {"the"}]
        return any(joined[k : k + len(inner)] == inner for k in range(len(joined) - len(inner) + 1))

    def _declared(self) -> list[tuple[Mention, Mention]]:
        """Return pairs (short, long) that the text itself makes: "X (Y)", "Y, as X is known", "X, or Y,"."""
        doc, pairs = self.doc, []
        for first, second in zip(self.mentions, self.mentions[1:], strict=False):
            between = " ".join(doc[first.end : second.start].text.split()).lower()
            after = " ".join(doc[second.end : second.end + 2].text.split()).lower()
            short_form = len(second.parts) <= 3 and len(second.text) < len(first.text)
            in_brackets = between == "(" and after.startswith(")")
            if in_brackets and short_form and self._kinds[second.text] != "place":
                pairs.append((second, first))
            elif in_brackets and re.fullmatch(r"[A-Z.]{2,8}", first.text):
                pairs.append((first, second))
            elif between == ", or" and after.startswith((",", ".")) and re.fullmatch(r"[A-Z.]{2,8}", second.text):
                pairs.append((second, first))
            elif (between in {", as", "(as"} and after == "is known") or between in {", also known as", ", known as"}:
                fuller = first if len(first.text) > len(second.text) and between.endswith("known as") else second
                pairs.append((second, first) if fuller is first else (first, second))
        return pairs


def _initials(parts: tuple[str, ...]) -> set[str]:
    """Return the acronyms that a name's first letters make, with and without "U.S." and "and"."""
    letters = [w[0] for w in parts if w not in {"of", "and", "for", "the", "on", "&", "de", "la"}]
    whole = [w if w in {"us", "un", "eu"} else w[0] for w in parts if w not in {"of", "and", "for"}]
    return {"".join(letters), "".join(whole), "".join(letters[1:] if parts[:1] in {("us",), ("un",)} else letters)}


def _opens(token: Token) -> bool:
    """Whether a word's capital may be owed to where it stands: first in a sentence, quotation or item."""
    if token.is_sent_start or token.i == 0:
        return True
    before = token.nbor(-1)
    return before.is_space or before.text in {"“", '"', ":", "-", "*", "•", "—", "("}


def _abbreviation(token: Token) -> bool:
    return token.text.endswith(".") and len(token.text) > 1


def _shouted(token: Token) -> bool:
    """Whether a word in capitals stands in a run of them longer than a name has, or that fills its line: a heading."""
    doc, low, high = token.doc, token.i, token.i
    while low > 0 and token.i - low < _HEADING and (doc[low - 1].text.isupper() or doc[low - 1].is_punct):
        low -= 1
    while (
        high + 1 < len(doc) and high - token.i < _HEADING and (doc[high + 1].text.isupper() or doc[high + 1].is_punct)
    ):
        high += 1
    opens = low == 0 or "\n" in doc[low - 1].text
    closes = high + 1 >= len(doc) or "\n" in doc[high + 1].text
    capitals = sum(doc[j].is_alpha and len(doc[j]) > 1 for j in range(low, high + 1))
    return capitals > 4 or (opens and closes and high > low)
