"""The fixed words about answers that are changed to try: what moves, the smallest sets, and what would settle most."""

from collections.abc import Iterable

from readiness.language import N_, ngettext
from readiness.report.said import both
from readiness.report.spoken import Phrase

NOTHING_TRIED = Phrase(N_("No answer is changed yet: this is the result as it is."))
NO_BAND = Phrase(N_("Every domain stays in its band."))
NO_ADVICE = Phrase(N_("The same recommendations apply."))
BAND_MOVES = Phrase(N_("From %(before)s to %(after)s."))
RISK_MOVES = Phrase(N_("From %(before)s to %(after)s of 100; the band stays."))
RANGE_MOVES = Phrase(N_("The risk stays; the possible range is another one."))
STAYS = Phrase(N_("Stays as it is."))
PART_MOVES = Phrase(N_("%(title)s: from %(before)s to %(after)s"))
PART_RANGE = Phrase(N_("%(title)s, possible range then: %(range)s"))
AS_IT_IS = Phrase(N_("%(answer)s (as it is)"))
THEN = Phrase(N_("Then: %(domain)s at %(risk)s."))
MOVE_WITHIN = Phrase(N_("%(item)s from “%(level)s” to “%(to)s”"))
OUT_OF_REACH = Phrase(
    N_(
        "%(domain)s, at %(risk)s: by this calculation it would not come down a band even if every known answer that "
        "can still change became as good as it can."
    )
)
TOO_MANY = Phrase(N_("%(domain)s, at %(risk)s: there are too many sets of answers to try them all here."))
SETTLES = Phrase(
    N_("“%(question)s” Knowing this would narrow the possible range of %(domain)s by about %(points)s of 100 points.")
)
SETTLES_LITTLE = Phrase(
    N_("“%(question)s” Knowing this would narrow the possible range of %(domain)s, but by less than one point of 100.")
)
NO_QUESTION = Phrase(N_("There is no question “%(given)s” to try here."))
NO_ANSWER = Phrase(N_("%(item)s: there is no answer “%(given)s”. Choose one of the list."))
TWO_ANSWERS = Phrase(N_("%(item)s: more than one answer was sent. Choose one."))


def changed(many: int) -> str:
    """How many answers are changed."""
    return ngettext("%(num)s answer is changed.", "%(num)s answers are changed.", many)


def bands_move(many: int) -> str:
    """How many domains are then in another band."""
    if not many:
        return str(NO_BAND)
    return ngettext("%(num)s domain moves to another band.", "%(num)s domains move to another band.", many)


def advice_moves(come: int, go: int) -> str:
    """How many recommendations come, and how many go."""
    said = []
    if come:
        said.append(ngettext("%(num)s recommendation comes.", "%(num)s recommendations come.", come))
    if go:
        said.append(ngettext("%(num)s recommendation goes.", "%(num)s recommendations go.", go))
    return " ".join(said) or str(NO_ADVICE)


def fewest(domain: str, risk: str, many: int) -> str:
    """How many answers it takes at the least to bring a domain down a band."""
    return ngettext(
        "%(domain)s, at %(risk)s: one answer is enough to bring it down a band.",
        "%(domain)s, at %(risk)s: it takes at least %(num)s answers together to bring it down a band.",
        many,
        domain=domain,
        risk=risk,
    )


def none_up_to(domain: str, risk: str, many: int) -> str:
    """Up to how many answers no set brings a domain down."""
    return ngettext(
        "%(domain)s, at %(risk)s: no single answer brings it down a band; every one was tried.",
        "%(domain)s, at %(risk)s: no set of up to %(num)s answers brings it down a band; every one was tried.",
        many,
        domain=domain,
        risk=risk,
    )


def brought_down(domain: str, before: str, after: str, moves: Iterable[str]) -> str:
    """The smallest set of a domain, in one sentence."""
    named = list(moves)
    return ngettext(
        "%(domain)s: from %(before)s to %(after)s by one answer: %(moves)s.",
        "%(domain)s: from %(before)s to %(after)s by %(num)s answers together: %(moves)s.",
        len(named),
        domain=domain,
        before=before,
        after=after,
        moves=both(named),
    )
