"""Numbers as a text writes them: digits, words, scales, fractions and shares in words.

Number words are read by text2num; what it does not know of news English (a dozen, half a million, one in four,
two-thirds, 3½, 30k) is read here. Nothing is decided about what a number counts: see :mod:`vado.claims.counted`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from text_to_num import text2num

#: Words of scale, with the power that they stand for.
SCALES = {
    "hundred": 100.0,
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "mn": 1e6,
    "m": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "dozen": 12.0,
    "score": 20.0,
}

_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_SMALL = rf"(?:(?:{_TENS})(?:[\s-](?:{_ONES}))?|{_TEENS}|{_ONES}|zero)"
_BIG = "hundred|thousand|million|billion"
_DENOMINATORS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_PARTS = "|".join(f"{word}s|{word}" for word in _DENOMINATORS if word != "half")
_VULGAR = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}

_DIGITS = r"\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?"
_SCALED_DIGITS = re.compile(
    rf"(?<![\w.,/])(?P<digits>{_DIGITS})(?P<vulgar>[½¼¾⅓⅔])?"
    r"(?:[\s-]?(?P<scale>hundred thousand|hundred|thousand|million|billion|dozen)\b|(?P<letter>k|K|m|M|mn|bn)\b)?"
)
_WORDS = re.compile(
    rf"\b(?:a\s+)?(?:{_SMALL}|{_BIG})(?:(?:(?<=hundred)\s+and\s+|(?<=thousand)\s+and\s+|\s+|-)(?:{_SMALL}|{_BIG}))*\b",
    re.IGNORECASE,
)
_SPECIAL = (
    # half a million, a quarter of a million
    (re.compile(r"\bhalf[\s-]a[\s-](?P<scale>million|billion|dozen|thousand)\b", re.I), Fraction(1, 2)),
    (re.compile(r"\ba\s+quarter\s+of\s+a\s+(?P<scale>million|billion)\b", re.I), Fraction(1, 4)),
    (re.compile(r"\bthree[\s-]quarters\s+of\s+a\s+(?P<scale>million|billion)\b", re.I), Fraction(3, 4)),
    # a million and a half
    (re.compile(r"\b(?:a|one)\s+(?P<scale>million|billion)\s+and\s+a\s+half\b", re.I), Fraction(3, 2)),
    # one and a half million
    (re.compile(r"\bone\s+and\s+a\s+half\s+(?P<scale>million|billion|thousand)\b", re.I), Fraction(3, 2)),
)
_THOUSANDS_APART = re.compile(r"(?<![\w.,])(?P<thousands>\d{1,3})\s(?:thousand|mil)\s(?P<rest>\d{3})(?![\d,])")
_AND_A_HALF = re.compile(rf"\b(?P<count>{_ONES}|\d+)\s+and\s+a\s+half\s+(?P<scale>million|billion|thousand)\b", re.I)
_POINT = re.compile(
    rf"\b(?P<whole>{_SMALL})\s+point\s+(?P<part>(?:{_ONES}|zero|oh)(?:\s+(?:{_ONES}|zero|oh))*)"
    rf"(?:\s+(?P<scale>million|billion|thousand))?\b",
    re.I,
)
_DOZENS = re.compile(rf"\b(?:(?P<count>a|half\s+a|{_SMALL}|\d+)\s+)dozen\b", re.I)
_ONE_IN = re.compile(
    rf"(?<![\w.,-])(?P<part>{_ONES}|{_TEENS}|\d{{1,2}})\s+(?:[a-z]+\s+)?(?:in|out\s+of)(?:\s+every)?\s+(?P<whole>{_ONES}|{_TEENS}|twenty|\d{{1,3}}|a\s+hundred)\b"
    r"(?![,.]\d)",
    re.I,
)
_PART_OF = re.compile(
    rf"\b(?P<count>a|one|two|three|four|five|seven|nine|\d+)[\s-](?P<part>{_PARTS})(?=\s+(?:of(?!\san?\s(?:century|hour|mile|year|day|decade|inch))|are|were|was|is|came|have|had|as)\b)"
    rf"|(?:(?<=about\s)|(?<=nearly\s)|(?<=almost\s)|(?<=than\s)|(?<=roughly\s)|(?<=over\s)|(?<=just\s)|(?<=for\s))(?P<count2>a|one|two|three)[\s-](?P<part2>{_PARTS})(?=[,.;])",
    re.I,
)
_HALF_OF = re.compile(
    r"\b(?<!and\sa\s)(?<!first\s)(?<!second\s)(?<!other\s)(?<!latter\s)(?<!last\s)half(?=\s+(?:of|the|those|all|are|were|came|its|their|said|have|had|"
    r"as\s+(?:many|large|high))\b|[,.;])",
    re.I,
)


@dataclass(frozen=True)
class Number:
    """A number where it stands.

    Parameters
    ----------
    start, end
        Characters of the text, the end excluded.
    value
        The number; a share in words is in percent (one in four is 25).
    step
        The last place stated, in the same unit; for words that name a round number its own size's place.
    share
        Whether the words themselves make it a share ("one in four", "two-thirds").
    spelled
        Whether it is written in words alone.
    scale
        The scale word's factor, 1 where there is none.
    """

    start: int
    end: int
    value: float
    step: float
    share: bool = False
    spelled: bool = False
    scale: float = 1.0


def numbers(text: str) -> list[Number]:
    """Return every number of a text in order; where readings overlap, the longer one."""
    found: list[Number] = []
    for pattern, factor in _SPECIAL:
        for match in pattern.finditer(text):
            scale = SCALES[match["scale"].lower()]
            found.append(_number(match, float(factor) * scale, step=scale / 10, spelled=True, scale=scale))
    for match in _AND_A_HALF.finditer(text):
        scale = SCALES[match["scale"].lower()]
        found.append(_number(match, (_small(match["count"]) + 0.5) * scale, step=scale / 10, spelled=True, scale=scale))
    for match in _THOUSANDS_APART.finditer(text):
        found.append(
            _number(
                match,
                1000.0 * int(match["thousands"]) + int(match["rest"]),
                step=place_of(float(match["rest"]) or 1000, ""),
            )
        )
    found += [_pointed(match) for match in _POINT.finditer(text)]
    found += [_dozens(match) for match in _DOZENS.finditer(text)]
    for match in _ONE_IN.finditer(text):
        part, whole = _small(match["part"]), _small(match["whole"])
        if 0 < part < whole:
            found.append(_number(match, 100 * part / whole, step=100 / whole / 2, share=True, spelled=True))
    for match in _PART_OF.finditer(text):
        denominator = _DENOMINATORS[(match["part"] or match["part2"]).lower().rstrip("s")]
        counted = (match["count"] or match["count2"]).lower()
        count = 1.0 if counted == "a" else _small(counted)
        if 0 < count < denominator:
            value = 100 * count / denominator
            found.append(_number(match, value, step=100 / denominator / 3, share=True, spelled=True))
    found += [_number(match, 50.0, step=10.0, share=True, spelled=True) for match in _HALF_OF.finditer(text)]
    found += filter(None, (_scaled(match) for match in _SCALED_DIGITS.finditer(text)))
    found += filter(None, (_worded(match) for match in _WORDS.finditer(text)))
    return _longest(found)


def place_of(value: float, written: str) -> float:
    """Return the last place that digits state: 0.1 for "3.1", 1 for "17,638", 1,000 for "18,000".

    Zeros at the end of a whole number are taken for rounding, as news round.
    """
    if "." in written:
        return float(10.0 ** -len(written.split(".")[1]))
    whole = int(value)
    if whole == 0:
        return 1.0
    place = 1
    while whole % (place * 10) == 0:
        place *= 10
    return float(place)


def _number(match: re.Match[str], value: float, **about: float | bool) -> Number:
    return Number(match.start(), match.end(), value, **about)  # type: ignore[arg-type]


def _scaled(match: re.Match[str]) -> Number | None:
    digits = re.sub(r"[,\u00a0\u202f]", "", match["digits"])
    word = (match["scale"] or match["letter"] or "").lower()
    scale = 1.0
    for part in word.split():
        scale *= SCALES[part]
    value = float(digits) + _VULGAR.get(match["vulgar"] or "", 0.0)
    step = place_of(float(digits), digits) if not match["vulgar"] else 0.1
    if scale > 1:
        # "30 million" is stated to the million, "11.3 million" to the hundred thousand.
        step = min(step, 1.0)
    return _number(match, value * scale, step=step * scale, scale=scale)


def _worded(match: re.Match[str]) -> Number | None:
    words = re.sub(r"^a\s+", "one ", match[0].lower())
    if re.fullmatch(_BIG, words) and not match[0].lower().startswith("a"):
        return None
    value: float
    try:
        value = float(text2num(words.replace("-", " "), "en"))
    except ValueError:
        return None
    last = re.findall(_BIG, words)
    scale = SCALES[last[-1]] if last and re.search(rf"(?:{_BIG})$", words) else 1.0
    return _number(match, value, step=place_of(value, ""), spelled=True, scale=scale)


def _pointed(match: re.Match[str]) -> Number:
    digits = "".join(
        "0" if word in {"zero", "oh"} else str(int(_small(word))) for word in match["part"].lower().split()
    )
    scale = SCALES[match["scale"].lower()] if match["scale"] else 1.0
    value = float(f"{int(_small(match['whole']))}.{digits}")
    return _number(match, value * scale, step=10.0 ** -len(digits) * scale, spelled=True, scale=scale)


def _dozens(match: re.Match[str]) -> Number:
    count = re.sub(r"\s+", " ", match["count"].lower())
    value = {"a": 12.0, "half a": 6.0}.get(count) or 12.0 * _small(count)
    return _number(match, value, step=max(value / 6, 1.0), spelled=True, scale=12.0)


def _small(word: str) -> float:
    word = word.lower().replace("-", " ")
    return 100.0 if word == "a hundred" else float(word) if word.isdigit() else float(text2num(word, "en"))


def _longest(found: list[Number]) -> list[Number]:
    kept: list[Number] = []
    for number in sorted(found, key=lambda n: (n.start - n.end, n.start)):
        if all(number.end <= other.start or other.end <= number.start for other in kept):
            kept.append(number)
    return sorted(kept, key=lambda n: n.start)
