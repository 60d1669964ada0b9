"""Which past changes of levers are studied, for whom, and what else moved the same people.

The ledger's table of happenings has the dates and their sources; this list says which of them changed whose way, what
began for the same people at the same time, and which levers changed in a way that leaves nobody to compare with.
"""

from __future__ import annotations

from dataclasses import dataclass

from vado.ledger.codes import nationality_name

ALL_ENCOUNTERS, BETWEEN_PORTS, LONG_SERIES = "all encounters", "between ports", "Border Patrol, 1999 to 2019"


@dataclass(frozen=True)
class Change:
    """A dated change of a lever for one nationality, to be studied.

    Parameters
    ----------
    lever, nationality, title
        Name in the corridor, code, and words.
    subject, event, announced
        Keys of the ledger's table ``events``; ``announced`` is None where the ledger has no earlier announcement.
    bundle
        What began for the same people at the same time; empty where nothing is known to have.
    counted
        Which encounters are studied.
    """

    lever: str
    nationality: str
    title: str
    subject: str
    event: str
    announced: str | None = None
    bundle: str = ""
    counted: str = ALL_ENCOUNTERS


def _taken_back(code: str, event: str, bundle: str, counted: str) -> Change:
    title = f"Returns to Mexico, {nationality_name(code)}, {counted}"
    return Change("mexico.accepts_returns", code, title, "mx_accepts_returns", event, None, bundle, counted)


_PAROLE = "parole by air for the same nationality began with it"
_PAROLE_AND_PORTS = f"{_PAROLE}, appointments at ports a week later"
_FLIGHTS = "the port of entry closed, the camp at Del Rio was cleared, and Mexico stopped more people on the way"
_JUNE = "people were returned to Mexico to wait for their hearings (from January, everywhere by July)"
VISA = "mexico.visa_required"

CHANGES: tuple[Change, ...] = (
    Change(VISA, "ECU", "Visa of Mexico, Ecuador", "mx_visa_ecu", "effective", "announced"),
    Change(
        VISA, "BRA", "Online permit of Mexico, Brazil", "mx_visa_bra", "effective_electronic_authorisation", "announced"
    ),
    Change(VISA, "VEN", "Visa of Mexico, Venezuela", "mx_visa_ven", "effective"),
    Change(VISA, "BRA", "Visa of Mexico, Brazil", "mx_visa_bra", "effective_physical_visa", "announced_physical_visa"),
    Change(VISA, "COL", "Online form of Mexico, Colombia", "mx_prereg_col", "effective", "announced"),
    Change("nicaragua.visa_free", "CUB", "Nicaragua lifts its visa, Cuba", "ni_cuba", "visa_free_effective"),
    Change("us.removal_flights", "HTI", "Flights to Haiti", "haiti_flights", "acceleration_announced", bundle=_FLIGHTS),
    *(_taken_back("VEN", "venezuelans_effective", _PAROLE, counted) for counted in (ALL_ENCOUNTERS, BETWEEN_PORTS)),
    *(
        _taken_back(code, "chnv_effective", _PAROLE_AND_PORTS, counted)
        for code in ("CUB", "NIC", "HTI")
        for counted in (ALL_ENCOUNTERS, BETWEEN_PORTS)
    ),
    *(
        Change(
            "mexico.detention_rate",
            code,
            f"Declaration of June 2019, {nationality_name(code)}",
            "mx_joint_declaration",
            "announced_effective",
            bundle=_JUNE,
            counted=LONG_SERIES,
        )
        for code in ("GTM", "HND", "SLV")
    ),
)

#: Further happenings that moved one nationality alone: they keep it out of comparisons and placebos.
OWN_HAPPENINGS: tuple[tuple[str, str, str], ...] = (
    ("HTI", "haiti_tps", "announced"),
    ("HTI", "haiti_tps", "effective"),
    ("HTI", "haiti_tps", "extended_redesignated_published"),
    ("CUB", "mx_accepts_returns", "daily_limit_cubans"),
    ("NIC", "mx_accepts_returns", "daily_limit_nicaraguans"),
    ("OTH", "title42_exceptions", "ukrainians_memo"),
    ("OTH", "title42_exceptions", "ukrainians_exception_ended"),
)

NOT_IDENTIFIED, NOTHING, STUDY = "not identified", "nothing known", "event study"

#: Levers without a change that can be compared: lever, subject and event of the ledger, whom it concerned, method, why.
UNSTUDIED: tuple[tuple[str, str, str, str, str, str], ...] = (
    (
        "us.expulsion_share", "title42", "ended", "everyone", NOT_IDENTIFIED,
        "It ended for every nationality on one day, with the asylum rule and more appointments: nobody is left to "
        "compare with.",
    ),
    (
        "us.expulsion_share", "title42", "effective", "everyone", NOT_IDENTIFIED,
        "It began for every nationality in the first weeks of the pandemic, which moved all flows at once.",
    ),
    (
        "us.port_appointments", "cbp_one", "effective", "everyone", NOT_IDENTIFIED,
        "Open to every nationality at once, a week after parole and returns for four of them.",
    ),
    (
        "us.return_to_mexico", "mpp", "effective", "everyone", NOT_IDENTIFIED,
        "Began at one port and spread place by place within the months of Mexico's declaration of June 2019.",
    ),
    (
        "us.investment", "root_causes", "private_commitments", "GTM, HND, SLV", NOTHING,
        "Commitments without a date of payment; an effect, if any, spreads over years in which all else moved.",
    ),
    (
        "us.legalization", "irca_1986", "vote_house_conference", "everyone", NOTHING,
        "One law, for everyone at once, before the monthly counts by nationality begin.",
    ),
)  # fmt: skip
