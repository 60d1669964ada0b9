"""Of whom and where a figure speaks: nationalities, household, place, authority, and what else narrows a measure.

Words are read in the figure's own stretch of its sentence, from the figure before it to the one after, what follows
before what stands ahead. A people's name counts where it names people, not a government ("Mexican authorities").
"""

from __future__ import annotations

import functools
import re
from importlib.resources import files

import yaml

_PEOPLE = (
    r"migrants?|nationals?|citizens?|immigrants?|refugees?|people|persons?|men|women|families|family|children"
    r"|minors|adults|crossers?|"
    r"travell?ers?|asylum[\s-]seekers?|individuals|arrivals|applicants|claimants|deportees|returnees|encounters"
    r"|residents|passengers|"
    r"tourists|visitors|workers|youths|unaccompanied|singles?|count|tally|total|numbers?|figures?|share|entries"
    r"|transits|detentions|asylum|crossings|apprehensions|detections"
)
_TRIANGLE = re.compile(
    r"northern triangle|\bNT\b|guatemala,?\s+(?:el salvador|honduras),?\s+and\s+(?:honduras|el salvador)", re.I
)
_CENTRAL = re.compile(r"\bcentral americans?\b|\bcentral america\b", re.I)
_ORIGIN = re.compile(
    r"\b(?:from|born\sin|nationals\sof|citizens\sof|natives\sof|out\sof|originat\w+\sin|fleeing|leaving)\s+(?:the\s)?",
    re.I,
)

#: Crossing "from Mexico" says where the border is, not who crosses it.
_ROUTE = re.compile(
    r"\b(?:cross\w*|walk\w*|came|com(?:e|es|ing)|enter\w*|arriv\w*|over|north|smuggl\w+|return\w*"
    r"|deport\w*)\s(?:[\w-]+\s){0,4}from\s$",
    re.I,
)

HOUSEHOLDS = {
    "unaccompanied_minor": re.compile(
        r"unaccompanied|\b(?:children|minors|kids)\s(?:travel\w+\s|arriv\w+\s|who\s\w+\s)?(?:alone"
        r"|without\s(?:a\s)?parents?)|lone\s(?:children|minors)",
        re.I,
    ),
    "family_unit_individual": re.compile(r"famil(?:y|ies)\b", re.I),
    "single_adult": re.compile(
        r"single\s(?:adults?|men|women)|lone\sadults|adults\s(?:travel\w+|who\s\w+)\salone|solo\sadults", re.I
    ),
}
SECTORS = ("Rio Grande Valley", "Del Rio", "El Paso", "El Centro", "San Diego", "Big Bend", "Tucson", "Laredo", "Yuma")
#: Sectors that are named after a stretch of land, which is their own name's only other meaning.
_VALLEYS = ("Rio Grande Valley", "Big Bend")
STATES = {
    "US-CA": r"\bcalifornia\b",
    "US-TX": r"\btexas\b",
    "US-FL": r"\bflorida\b",
    "US-NY": r"\bnew york\b",
    "US-IL": r"\billinois\b",
    "US-NJ": r"\bnew jersey\b",
}
ROUTES = {
    "frontex_western_balkan_route": r"western balkans?|balkan route|balkans\b",
    "frontex_central_mediterranean_route": r"central mediterranean|lampedusa|\bitaly\b|from libya|sicily",
    "frontex_eastern_mediterranean_route": r"eastern mediterranean|greek islands|aegean|lesbos|turkey\s(?:to"
    r"|and)|from turkey|\bgreece\b",
    "frontex_western_mediterranean_route": r"western mediterranean|strait of gibraltar|ceuta|melilla"
    r"|morocco to spain|\bspain\b",
    "frontex_western_african_route": r"western? africa\w*|canar(?:y|ies)",
    "frontex_eastern_borders_route": r"eastern (?:land )?borders?|belarus",
    "frontex_black_sea_route": r"black sea",
    "frontex_circular_route_from_albania_to_greece": r"circular route|albania to greece",
}
PLACES_OF_DEATH = {
    "swb": r"(?:u\.?s\.?[-–]mexico|u\.?s\.? and mexic\w+|southwest(?:ern)?|southern) border|\b(?:along|at"
    r"|near) the border|rio grande\b",
    "USA": r"\bunited states soil|\bin the (?:united states|u\.s\.)|\bu\.s\. (?:soil|side)|\bon (?:the )?american soil",
    "MEX": r"\bin mexico\b|\bmexican soil",
    "PAN": r"\bpanama\b|\bdari[eé]n\b",
    "GTM": r"\bin guatemala\b",
    "HND": r"\bin honduras\b",
    "COL": r"\bin colombia\b",
    "DOM": r"\bin the dominican republic\b",
}
COUNTRIES_OF_ASYLUM = {
    "MEX": r"\bmexico\b|\bmexican\b",
    "USA": r"\bunited states\b|\bu\.s\.|\bamerica\b",
    "CAN": r"\bcanada\b",
    "CRI": r"\bcosta rica\w*",
    "BRA": r"\bbrazil\b",
    "COL": r"\bcolombia\b",
    "CHL": r"\bchile\b",
    "PAN": r"\bpanama\b",
    "GTM": r"\bguatemala\b",
    "HND": r"\bhonduras\b",
    "SLV": r"\bel salvador\b",
    "NIC": r"\bnicaragua\b",
    "BLZ": r"\bbelize\b",
}


@functools.cache
def _nations() -> dict[str, re.Pattern[str]]:
    content = yaml.safe_load((files(__package__) / "nations.yaml").read_text(encoding="utf-8"))
    return {code: re.compile(rf"\b(?P<name>{words})\b", re.I) for code, words in content.items()}


@functools.cache
def _countries() -> dict[str, re.Pattern[str]]:
    from vado.ledger.codes import nationality_name

    named = {code: nationality_name(code).split(",")[0].split(" (")[0] for code in _nations()}
    usual = {
        "VEN": "Venezuela",
        "BOL": "Bolivia",
        "RUS": "Russia",
        "SYR": "Syria",
        "IRN": "Iran",
        "TUR": "Turkey",
        "VNM": "Vietnam",
        "KOR": "South Korea",
        "COD": "Congo",
    }
    return {code: re.compile(rf"\b{re.escape(usual.get(code, name))}\b", re.I) for code, name in named.items()}


def nationalities(text: str) -> tuple[str, ...]:
    """Return the nationalities whose people a stretch of text names, in order of their place.

    A name in the plural, a name before a word for people or for what they do ("Haitian migrants"), and a country after
    "from" count; "Northern Triangle" stands for Guatemala, Honduras and El Salvador.
    """
    found: dict[str, int] = {}
    for code, pattern in _nations().items():
        for match in pattern.finditer(text):
            after = text[match.end() : match.end() + 48]
            plural = match["name"].lower().endswith("s") and match["name"].lower() not in {"polish", "turkish"}
            adjective = re.match(rf"(?:[\s-](?:[\w-]+[\s-]){{0,2}})(?:{_PEOPLE})\b", after, re.I)
            predicate = re.search(
                r"\b(?:were|are|was|is|be|being|born)\s(?:\w+\s)?$",
                text[max(0, match.start() - 22) : match.start()],
                re.I,
            ) and re.match(r"[.,;:)]|\s?$|\sand\b", after)
            listed = re.match(r"(?:,\s|\sand\s|\sor\s)", after) and re.search(rf"\b(?:{_PEOPLE})\b", after, re.I)
            if (plural and not re.match(r"['’]", after)) or adjective or listed or predicate:
                found.setdefault(code, match.start())
    for code, pattern in _countries().items():
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - 64) : match.start()]
            if re.match(r"['’]s\s(?:own\s)?(?:citizens|nationals|people)\b", text[match.end() : match.end() + 24]):
                found.setdefault(code, match.start())
            if code == "MEX" and _ROUTE.search(before):
                continue
            if (
                _ORIGIN.search(before)
                and re.search(
                    r"(?:from|born\sin|of|out\sof|in|fleeing"
                    r"|leaving)\s+(?:the\s)?(?:[A-Z][\w.]*(?:\s[A-Z][\w.]*)?(?:,\s(?:and\s)?|\s(?:and"
                    r"|or)\s))*(?:the\s)?$",
                    before,
                )
                and not re.match(r"(?:['’]s|\s(?:to|into|toward)\b)", text[match.end() : match.end() + 10])
            ):
                found.setdefault(code, match.start())
    triangle = _TRIANGLE.search(text) or _CENTRAL.search(text)
    if triangle:
        for code in ("GTM", "HND", "SLV"):
            found.setdefault(code, triangle.start())
    return tuple(sorted(found, key=lambda code: (found[code], code)))


def countries(text: str) -> tuple[str, ...]:
    """Return the countries that a stretch of text names, as codes of nationality, in order of their place."""
    found = {code: match.start() for code, pattern in _countries().items() if (match := pattern.search(text))}
    if triangle := _TRIANGLE.search(text):
        for code in ("GTM", "HND", "SLV"):
            found.setdefault(code, triangle.start())
    return tuple(sorted(found, key=lambda code: (found[code], code)))


def household(text: str) -> str | None:
    """Return the household kind that a stretch of text names, in the ledger's word; None for none or several."""
    found = [kind for kind, pattern in HOUSEHOLDS.items() if pattern.search(text)]
    return found[0] if len(found) == 1 else None


def sector(text: str) -> str | None:
    """Return the Border Patrol sector that a stretch of text names ("the Del Rio sector"); a town is none."""
    for name in SECTORS:
        if re.search(
            rf"\b{name}\b(?:\sBorder\sPatrol)?(?:['’]s)?\s+(?:and\s[\w\s]+\s)?(?:sectors?|patch)\b", text, re.I
        ):
            return name
    return next((name for name in _VALLEYS if re.search(rf"\b(?:in|from|through|of)\s(?:the\s)?{name}\b", text)), None)


def named_sector(text: str) -> str | None:
    """Return the sector whose name stands in a text, whether or not it says "sector"."""
    return next((name for name in SECTORS if re.search(rf"\b{name}\b", text)), None)


def first(text: str, patterns: dict[str, str]) -> str | None:
    """Return the code whose words stand first in a text; None where none does."""
    hits = {code: match.start() for code, words in patterns.items() if (match := re.search(words, text, re.I))}
    return min(hits, key=lambda code: hits[code]) if hits else None
