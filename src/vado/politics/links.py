"""The links of the loop: what each carries, and whether it is on, cut, lagged or fixed.

Seven links lead from the flow to approval, from both to the bargain, from Congress and the US purse to what can be
offered, from the bargain to what is enforced, and from there back to the flow. Each has a delay in months with a
reason. A link that is cut carries nothing on, a link that is fixed carries one number whatever happens before it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from vado.errors import BadValueError, UnknownNameError

ON, CUT, LAG, FIXED = "on", "cut", "lag", "fixed"
#: Longest delay that can be asked for [months].
LONGEST_LAG = 12

FLOW_TO_APPROVAL = "flow_to_approval"
APPROVAL_TO_BARGAIN = "approval_to_bargain"
FLOW_TO_BARGAIN = "flow_to_bargain"
CONGRESS_TO_OFFER = "congress_to_offer"
OFFER = "offer"
BARGAIN_TO_ENFORCEMENT = "bargain_to_enforcement"
ENFORCEMENT_TO_FLOW = "enforcement_to_flow"


@dataclass(frozen=True)
class Link:
    """A link and how it stands.

    Parameters
    ----------
    name
        For the command line.
    title
        What it carries, in words.
    lag
        Months from cause to effect.
    reason
        Why that lag.
    without
        What holds where the link is cut.
    unit
        Of the value that it can be fixed at; what that value is, in words.
    low, high
        Least and largest value.
    mode
        One of ``on``, ``cut``, ``lag`` and ``fixed``.
    value
        The fixed value, else NaN.
    """

    name: str
    title: str
    lag: int
    reason: str
    without: str
    unit: str
    low: float
    high: float
    mode: str = ON
    value: float = math.nan

    @property
    def cut(self) -> bool:
        """Whether it carries nothing."""
        return self.mode == CUT

    @property
    def fixed(self) -> bool:
        """Whether it carries one number."""
        return self.mode == FIXED

    @property
    def said(self) -> str:
        """Return the mode in words.

        >>> parse(["offer=fixed:0.5"])["offer"].said
        'fixed at 0.5 billion USD/year, money alone'
        """
        if self.fixed:
            return f"fixed at {self.value:g} {self.unit}"
        return CUT if self.cut else f"on, lag {self.lag} month{'' if self.lag == 1 else 's'}"


LINKS: Mapping[str, Link] = {
    link.name: link
    for link in (
        Link(
            FLOW_TO_APPROVAL,
            "encounters of a month move approval, and both governments count on it",
            1,
            "a month's count comes out in the middle of the next; the load's effect is estimated at this lag",
            "a doubling of encounters moves approval by nothing, also in what the governments expect",
            "points/doubling of encounters",
            -20.0,
            20.0,
        ),
        Link(
            APPROVAL_TO_BARGAIN,
            "approval sets what a point of it is worth to the US government",
            0,
            "polls come out daily",
            "the bargain sees approval as it was on the day of the answer",
            "% approval",
            0.0,
            100.0,
        ),
        Link(
            FLOW_TO_BARGAIN,
            "encounters with everything as now set what there is to bargain about",
            1,
            "a month's count comes out in the middle of the next",
            "the bargain sees the last month known on the day of the answer",
            "encounters/month",
            1.0,
            1e7,
        ),
        Link(
            CONGRESS_TO_OFFER,
            "the chance that a legalization passes sets what pressing for it is worth",
            0,
            "the chance is one for the whole Congress",
            "a legalization has no chance to pass",
            "chance from 0 to 1",
            0.0,
            1.0,
        ),
        Link(
            OFFER,
            "the United States may offer visas, money, an effort for legalization, and change their posture",
            0,
            "what is offered is offered in the month of the bargain",
            "the United States can change nothing: no offer and no other posture",
            "billion USD/year, money alone",
            0.0,
            20.0,
        ),
        Link(
            BARGAIN_TO_ENFORCEMENT,
            "what is agreed, or what each does without a deal, is enforced",
            0,
            "assumed: orders are given in the month in which they are agreed",
            "both governments go on with the practice of the day",
            "times the share of people that Mexico stops now",
            0.3,
            2.5,
        ),
        Link(
            ENFORCEMENT_TO_FLOW,
            "what is enforced changes encounters, expulsions and deaths",
            1,
            "assumed: people on the way north reach the border some weeks after they could have been stopped",
            "encounters go on as in the plain forecast",
            "% more encounters",
            -99.0,
            400.0,
        ),
    )
}

#: Links that form the circle; their lags must not add up to nothing.
CIRCLE = (FLOW_TO_APPROVAL, APPROVAL_TO_BARGAIN, BARGAIN_TO_ENFORCEMENT, ENFORCEMENT_TO_FLOW)


def parse(given: Iterable[str] = ()) -> dict[str, Link]:
    """Return all links with the modes that are given as ``NAME=MODE``.

    Parameters
    ----------
    given
        Such as ``offer=cut``, ``enforcement_to_flow=lag:2``, ``approval_to_bargain=fixed:40`` or ``offer=on``.

    Raises
    ------
    UnknownNameError
        For a link that does not exist, with the nearest.
    BadValueError
        For a mode that does not exist, a value outside its range, a link named twice, or a circle without a delay.

    Examples
    --------
    >>> parse(["enforcement_to_flow=lag:2"])["enforcement_to_flow"].lag
    2
    """
    links = dict(LINKS)
    seen: set[str] = set()
    for text in [given] if isinstance(given, str) else given:
        name, equals, mode = (part.strip() for part in str(text).partition("="))
        if name not in LINKS:
            raise UnknownNameError("link", name, LINKS)
        if not equals or not mode:
            raise BadValueError(f"link {text!r} has no mode; write {name}=MODE, with MODE one of {_modes(name)}")
        if name in seen:
            raise BadValueError(f"link {name} is given twice; give it one mode")
        seen.add(name)
        links[name] = _set(LINKS[name], mode)
    around = [links[name] for name in CIRCLE]
    if all(link.mode in (ON, LAG) for link in around) and sum(link.lag for link in around) == 0:
        raise BadValueError(
            f"links {', '.join(CIRCLE)} form a circle without a delay; give one of them a lag of a month or more"
        )
    return links


def all_cut(links: Mapping[str, Link] = LINKS) -> dict[str, Link]:
    """Return the links, each of them cut."""
    return {name: replace(link, mode=CUT, value=math.nan) for name, link in links.items()}


def with_cut(links: Mapping[str, Link], name: str) -> dict[str, Link]:
    """Return the links with one more of them cut."""
    return {**links, name: replace(links[name], mode=CUT, value=math.nan)}


def links_table(links: Mapping[str, Link]) -> pd.DataFrame:
    """Return one row a link: what it carries, how it stands, its lag with the reason, and what holds without it."""
    rows = [
        {
            "link": link.name,
            "mode": link.said,
            "carries": link.title,
            "lag_months": link.lag,
            "reason_for_the_lag": link.reason if link.lag == LINKS[link.name].lag else "as asked",
            "where_it_is_cut": link.without,
            "unit_of_a_fixed_value": link.unit,
        }
        for link in links.values()
    ]
    return pd.DataFrame(rows)


def _modes(name: str) -> str:
    link = LINKS[name]
    return f"on, cut, lag:MONTHS (0 to {LONGEST_LAG}), fixed:VALUE ({link.low:g} to {link.high:g} {link.unit})"


def _set(link: Link, mode: str) -> Link:
    kind, colon, text = (part.strip() for part in mode.partition(":"))
    if kind in (ON, CUT) and not colon:
        return replace(link, mode=kind)
    if kind == LAG and text.isascii() and text.isdigit() and int(text) <= LONGEST_LAG:
        return replace(link, mode=LAG, lag=int(text))
    if kind == FIXED:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if link.low <= value <= link.high:
            return replace(link, mode=FIXED, value=value)
    raise BadValueError(f"link {link.name} cannot be {mode!r}; its modes are {_modes(link.name)}")
