"""What narrows a measure beside people and place: publisher, pollster, bill, class of visa, cause, direction."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import replace

from vado.claims import scope
from vado.claims.figure import ARTICLE, Credit, Figure, Period, Reading
from vado.claims.not_counted import MONTHS
from vado.claims.surroundings import Surroundings

_BILL = re.compile(r"\b(?:H\.?\s?R\.?\s?\d+|S\.\s?\d+|(?:S|H)\.?\s?Con\.?\s?Res\.?\s?\d+)\b")
_BILL_NAMES = re.compile(
    r"(?:American )?Dream and Promise|DREAM Act|Farm Workforce Modernization|Secure the Border Act|Secure Fence"
    r"|Border Act|Laken Riley|"
    r"Build Back Better|Kate['’]s Law|Comprehensive Immigration Reform|Securing America['’]s Future|Goodlatte"
    r"|Gang of Eight|"
    r"Border Security,? and Immigration Reform",
    re.I,
)
_DISAPPROVE = re.compile(
    r"\b(?:disapprov\w+|against\b|do(?:es)? not(?: approve)?(?=[.,;)]|$)|don['’]t(?: approve)?(?=[.,;)]|$)"
    r"|unfavou?r\w+|unhappy|negative|dissatisf\w+|thumbs down)",
    re.I,
)
_APPROVE = re.compile(r"\b(?:approv\w+|behind\b|favou?r\w*|support\w*|satisf\w+|positive|good job|thumbs up)", re.I)
_TOPIC = (
    r"(?P<topic>immigration|the border|border security|the economy|economy|the pandemic|coronavirus|covid"
    r"|afghanistan|foreign policy|crime|taxes|health care|climate)"
)
_TOPICS = re.compile(
    rf"\b(?:approv\w+|disapprov\w+|ratings?|poll\w*|marks?)\b[^,;.]{{0,45}}?\b(?:on|over|of his handling of"
    rf"|handling of|handling|handles|for)\s(?:the\s)?{_TOPIC}\b"
    rf"|\bon (?P<other>immigration|the border|the economy|foreign policy"
    rf"|the pandemic),? [^.;]{{0,40}}\b(?:approv|disapprov)\w+",
    re.I,
)
_GROUPS = re.compile(
    r"\bamong (?:the )?(?P<group>independents?|democrats?|republicans?|hispanics?|latinos?|women|men|blacks?"
    r"|whites?|young(?:er)? \w+|"
    r"(?:independent|hispanic|latino|black|white|suburban) voters?|suburban \w+|college graduates|evangelicals?)\b"
    r"|\b(?:of|by) (?P<of>independents|democrats|republicans|hispanics|latinos|hispanic voters|independent voters)\b",
    re.I,
)
#: Pollsters that news name without saying "poll"; whoever is credited as one needs no place here.
_POLLSTERS = re.compile(
    r"\b(?:Gallup|Quinnipiac|Rasmussen|YouGov|Ipsos|Monmouth|Marist|Suffolk|Emerson|Morning Consult|Pew|AP-NORC"
    r"|NORC|Marquette|Harris"
    r"|Siena|SSRS|Trafalgar|Civiqs|Fox News|Susquehanna|SurveyMonkey|Navigator|Data for Progress"
    r"|Public Policy Polling|Zogby|Selzer"
    r"|Redfield & Wilton|Echelon|Change Research|IBD/TIPP|TIPP|InsiderAdvantage|McLaughlin|Opinium|HarrisX|PPP"
    r"|USA TODAY|CNN|NBC|CBS|ABC)\b"
)
_POPULATIONS = {"lv": r"likely voters", "rv": r"registered voters", "a": r"\b(?:u\.s\. |all )?adults\b"}
_DOWN = re.compile(
    r"\b(?:down|fell|fall\w*|drop\w*|declin\w+|decreas\w+|plung\w+|plummet\w+|shr[aiu]nk|slip\w*|lower|fewer"
    r"|less|below|reduc\w+|dip\w*|cut|slid\w*|tumbl\w+)\b",
    re.I,
)
_UP = re.compile(
    r"\b(?:up|rose|risen|rise|rising|increas\w+|grew|grow\w*|climb\w*|jump\w*|soar\w*|surg\w+|spik\w+|gain\w*"
    r"|more|higher|above)\b",
    re.I,
)
_AGAINST_YEAR = re.compile(
    r"(?:a|one|the) year (?:ago|earlier|before|previous)|year[- ](?:over|on)[- ]year|(?:previous|prior|last"
    r"|preceding) (?:fiscal )?year|"
    r"same (?:month|period|time) (?:of|in|a|last|the)|compared (?:with|to) (?:the )?(?:same|20\d\d)|(?:than"
    r"|from|on|over) (?:in )?(?:fiscal )?20\d\d",
    re.I,
)
_AGAINST_PREVIOUS = re.compile(
    r"(?:previous|prior|preceding) month|month (?:before|earlier|over month)|month[- ](?:over|on)[- ]month|"
    r"(?:from|than|since|compared (?:with|to)|over) (?:the )?last month\b",
    re.I,
)
_AGAINST_NAMED = re.compile(
    rf"\b(?:from|than|since|compared (?:with|to)|over|on)\s(?:in\s)?(?:the\s)?(?P<month>{MONTHS})\b", re.I
)
_PUBLISHERS = (
    ("DHS", r"\bdhs\b|homeland security|office of immigration statistics"),
    ("Pew Research Center", r"\bpew\b"),
    ("Center for Migration Studies", r"center for migration studies|\bcms\b"),
    ("Migration Policy Institute", r"migration policy institute|\bmpi\b"),
    ("Center for Immigration Studies", r"center for immigration studies|\bcis\b"),
    ("Yale", r"\byale\b|\bmit\b|fazel-zarandi"),
    ("FAIR", r"federation for american immigration reform|\bfair\b"),
    ("Urban Institute", r"urban institute"),
    ("Bear Stearns", r"bear stearns"),
)  # fmt: skip
_OUTCOMES = (
    (
        "expelled_to_haiti",
        r"(?:flown|expelled|deported|repatriated|sent|returned|removed)\b.{0,40}\bhaiti|to haiti|port-au-prince",
    ),
    ("returned_to_mexico", r"(?:back|returned|went|crossed|sent)\b.{0,25}\b(?:to|into) mexico"),
    ("placed_before_immigration_judge", r"immigration (?:judge|court)|judge"),
    ("released", r"released|freed|let go|notices? to (?:appear|report)"),
    ("moved_to_custody_or_other_sectors", r"other sectors|custody|elsewhere along"),
    ("still_being_processed", r"still (?:being|in)\b|being processed"),
    ("moved_out_of_camp", r"moved out|moved from|taken from the camp"),
    ("registered_by_border_patrol", r"registered by"),
    (
        "encountered",
        r"passed through|\bmet\b|encounter|in all|in total|ultimately|altogether|came through|arrived|made it|cross",
    ),
)
_CAUSES = {
    "Drowning": r"drown\w*",
    "Harsh environmental conditions": r"exposure|dehydration|heat|harsh",
    "Vehicle": r"vehicle|truck|train|crash",
}


def particulars(measure: str, figure: Figure, where: Surroundings, period: Period, credit: Credit) -> dict[str, str]:
    """Return the attributes of a reading in the ledger's words, as far as the words around the figure give them.

    Parameters
    ----------
    measure, figure, where, period, credit
        What is counted, the figure, where it stands, the days it is about, and who is credited with it.
    """
    near = where.before[-90:] + " | " + where.after[:90]
    found: dict[str, str] = {}
    if figure.unit == "change_percent":
        window = where.before[-40:] + " | " + where.after[:40]
        down, up = _DOWN.search(window), _UP.search(window)
        if bool(down) != bool(up):
            found["direction"] = "down" if down else "up"
        if against := _compared_with(where.after[:90], period):
            found["against"] = against
    if measure in {"sw_encounters", "us_encounters_nationwide"}:
        if re.search(r"title\s42|expulsions?\b|expelled\b", near, re.I) and not re.search(r"title\s8", near, re.I):
            found["legal_authority"] = "title_42"
        elif re.search(r"title\s8\b", near, re.I):
            found["legal_authority"] = "title_8"
    if measure == "sw_encounters":
        if re.search(r"between (?:the )?ports", where.sentence, re.I) or re.search(
            r"border patrol(?! and)", near, re.I
        ):
            found["component"] = "USBP"
        elif re.search(r"\b(?:at|through) (?:the |legal |official )*ports? of entry", near, re.I):
            found["component"] = "OFO"
    if measure in {"unauthorized_population", "unauthorized_population_share"}:
        publisher = next((name for name, words in _PUBLISHERS if re.search(words, credit.speaker, re.I)), None)
        found |= (
            {"publisher": publisher or credit.speaker}
            if credit.role in {"organisation", "data", "document", "poll"} or publisher
            else {}
        )
    if measure == "camp_headcount" or measure == "caravan_size":
        found |= {"whose": credit.speaker} if credit.speaker != ARTICLE else {}
    outcome = _first_of(_OUTCOMES, where.after[:80]) or _first_of(_OUTCOMES, where.before[-80:])
    if measure == "camp_outcomes" and outcome:
        found["outcome"] = outcome
    if measure == "temporary_work_visas" and (kind := _nearest(r"H-?2([AB])", where)):
        found["class"] = f"H-2{kind.upper()}"
    elif measure == "temporary_work_visas" and re.search(r"farm|agricultur|crop|field", near, re.I):
        found["class"] = "H-2A"
    if measure == "guatemalans_returned":
        way = _nearest(
            r"(from the (?:united states|u\.s\.)|by air|planes?\b|flights?\b|from mexico|by (?:road|land|bus))", where
        )
        if way:
            found["returned_from"] = "MEX" if re.search(r"mexico|road|land|bus", way, re.I) else "USA"
    if (
        measure == "mx_returns"
        and re.search(r"\bassisted\b", near, re.I)
        and not re.search(r"deportations? and", near, re.I)
    ):
        found["return_type"] = "assisted_return"
    if measure == "children_in_custody":
        cbp = re.search(
            r"border (?:officers|officials|authorities|patrol|agents|facilit\w+)|\bcbp\b|customs", near, re.I
        )
        found["agency"] = "cbp" if cbp else "hhs"
    if measure == "children_custody_flows":
        found["flow"] = (
            "discharged_from_hhs" if re.search(r"discharg|sponsor|placed|released|relatives", near, re.I)
            else "transferred_from_cbp_to_hhs" if re.search(r"transfer|handed over|turned over|referred", near, re.I)
            else "apprehended_into_cbp_custody"
        )  # fmt: skip
    if measure == "migrant_deaths" and (cause := scope.first(near, _CAUSES)):
        found["cause"] = cause
    return found


def _compared_with(words: str, period: Period) -> str | None:
    """Return with what a change compares: ``year``, ``previous``, or nothing where the words name another month."""
    if _AGAINST_YEAR.search(words):
        return "year"
    if _AGAINST_PREVIOUS.search(words):
        return "previous"
    named = _AGAINST_NAMED.search(words)
    if named is None or period.start is None or period.end is None or (period.end - period.start).days > 31:
        return None
    month = next(
        number
        for number, name in enumerate(calendar.month_abbr)
        if name and named["month"].lower().startswith(name.lower())
    )
    if month == period.start.month:
        return "year"
    return "previous" if month == (period.start.month - 2) % 12 + 1 else None


def _first_of(pairs: Sequence[tuple[str, str]], text: str) -> str | None:
    return next((name for name, words in pairs if re.search(words, text, re.I)), None)


def _nearest(words: str, where: Surroundings) -> str | None:
    after = re.search(words, where.after[:60], re.I)
    before = list(re.finditer(words, where.before[-80:], re.I))
    return str(after[1]) if after else str(before[-1][1]) if before else None


def whole_of(figure: Figure, where: Surroundings) -> str | None:
    """Return what a share is taken of: ``total`` of its measure, or another measure; None for what is no share."""
    if figure.unit != "percent":
        return None
    if re.search(r"\b(?:return|deport)\w*\b", where.before[-40:], re.I) and re.search(
        r"\bof (?:those|the \w+|all) (?:it |they )?(?:detain|stop|apprehend|caught)\w*", where.after[:60], re.I
    ):
        return "mx_events"
    return "total"


def of_poll(reading: Reading, figure: Figure, where: Surroundings, credit: Credit) -> Reading:
    """Return the reading of a poll's figure: approval or disapproval, by whom, of whom, among whom, on what."""
    after = re.split(r"[.;!?](?:\s|$)", where.after)[0]
    side = next((m for text in (after, where.before) if (m := _side(text))), "approval")
    near = where.before[-110:] + figure.words + after[:110]
    attributes: dict[str, str] = {}
    if credit.speaker != ARTICLE and credit.role in {"poll", "organisation", "data", "document"}:
        attributes["pollster"] = credit.speaker
    elif credit.role != "person" and (pollster := _pollster(where)):
        attributes["pollster"] = pollster
    for name in ("Biden", "Trump"):
        if re.search(rf"\b{name}\b", where.sentence):
            attributes.setdefault("president", {"Biden": "Joe Biden", "Trump": "Donald Trump"}[name])
    topic = _TOPICS.search(near)
    if topic:
        attributes["topic"] = (topic["topic"] or topic["other"] or "").lower().removeprefix("the ")
    group = _GROUPS.search(near)
    if group:
        attributes["population"] = (group["group"] or group["of"]).lower()
    elif population := scope.first(near, _POPULATIONS):
        attributes["population"] = population
    return replace(reading, measure=side, attributes=attributes)


def _pollster(where: Surroundings) -> str | None:
    """Return the pollster whose name stands nearest, in the figure's sentence or the one before."""
    for text in (where.before, where.after[:60], where.windows[2][-120:]):
        if named := list(_POLLSTERS.finditer(text)):
            return named[-1][0]
    return None


def _side(text: str) -> str | None:
    against, favour = _DISAPPROVE.search(text), _APPROVE.search(text)
    if against and (not favour or against.start() <= favour.start()):
        return "disapproval"
    return "approval" if favour else None


def of_vote(reading: Reading, where: Surroundings) -> Reading:
    """Return the reading of a vote with the bill and the chamber that the words name."""
    attributes: dict[str, str] = {}
    near = where.before[-140:] + " " + where.after[:80]
    bill = (
        list(_BILL.finditer(where.before))
        or list(_BILL.finditer(where.after))
        or list(_BILL_NAMES.finditer(where.before))
        or list(_BILL_NAMES.finditer(where.after))
        or list(_BILL.finditer(where.windows[2]))
        or list(_BILL_NAMES.finditer(where.windows[2]))
    )
    if bill:
        attributes["bill"] = bill[-1][0]
    chambers = [m[0].lower() for m in re.finditer(r"\bsenate\b|\bhouse\b(?! democrats| republicans)", near, re.I)] or [
        m[0].lower() for m in re.finditer(r"\bsenate\b|\bhouse\b", where.sentence + where.windows[2], re.I)
    ]
    if chambers:
        attributes["chamber"] = chambers[-1].capitalize()
    return replace(reading, attributes=attributes)
