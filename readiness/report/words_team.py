"""The fixed words about a team: who stands behind a result, what they see differently, and what to talk about."""

from collections.abc import Callable, Mapping

from readiness.engine.answers import Role
from readiness.language import N_, ngettext
from readiness.report.spoken import Phrase

# How many people of one role; each number asks for its own form of the words.
PEOPLE: Mapping[Role, Callable[[int], str]] = {
    Role.MANAGER: lambda many: ngettext("%(num)s manager", "%(num)s managers", many),
    Role.MENTAL_HEALTH_WORKER: lambda many: ngettext(
        "%(num)s mental health worker", "%(num)s mental health workers", many
    ),
    Role.PEER_SUPPORT_WORKER: lambda many: ngettext(
        "%(num)s peer support worker", "%(num)s peer support workers", many
    ),
    Role.SERVICE_USER: lambda many: ngettext("%(num)s service user", "%(num)s service users", many),
    Role.OTHER: lambda many: ngettext("%(num)s person in another role", "%(num)s people in other roles", many),
}
MANAGER = Phrase(N_("the manager"))
TOGETHER = Phrase(N_("%(names)s together"))
CONSENSUS = Phrase(N_("the team together"))
CONSENSUS_BEHIND = Phrase(N_("the team, which agreed on one sheet together"))
BEHIND = Phrase(N_("This result rests on the answers of %(who)s."))
ONE_VIEW = Phrase(
    N_(
        "It shows how one person sees the service. The same answers from a team would be rated in the same way; these "
        "carry less confidence, as others may see it differently."
    )
)
TOO_FEW = Phrase(
    N_(
        "Others were asked too. None of their answers count here, as there were too few to tell any without singling "
        "somebody out: at least %(k)s people have to stand behind each."
    )
)
HOW = Phrase(
    N_(
        "Of each group the middle answer to a question counts, then the middle of what the manager and the groups say. "
        "Of two answers the lower level counts, so where the manager and one group differ, the lower one does."
    )
)
PROTECTION = Phrase(N_("At least %(k)s people stand behind everything that is told of a group."))
NO_GAPS = Phrase(N_("Wherever more than one of them has an answer, they give the same one."))
LOWEST = Phrase(N_("lowest level"))
HIGHEST = Phrase(N_("highest level"))
FAR = Phrase(N_("far apart"))
APART_WITHIN = Phrase(N_("%(who)s do not see it alike; their middle answer is “%(level)s”"))
LEFT_OPEN = Phrase(N_("%(who)s: %(open)s of %(asked)s left it open"))
UNTOLD = Phrase(N_("%(who)s: too few answered these for anything to be told (fewer than %(k)s)"))
UNAGREED = Phrase(N_("The team together left these open"))
UNTOLD_SHORT = Phrase(N_("too few answered to be told"))
GUIDE_ABOUT = Phrase(
    N_(
        "For a meeting of everybody concerned. These questions are our own judgement, no finding of the papers. Talk "
        "about what people meet in their work, never about who answered what: nobody has to say how they answered."
    )
)
GUIDE_ITEM = (  # one for each of the first questions that people see differently
    Phrase(N_("“%(item)s”: what does each of us meet from day to day that could explain the different views?")),
    Phrase(
        N_("“%(item)s”: do we differ in what happens, in what we know of it, or in what we would call good enough?")
    ),
    Phrase(N_("“%(item)s”: what would we all have to see for the views to come closer?")),
)
GUIDE_ALL = (
    Phrase(N_("Where does a difference mean that something agreed on does not reach everybody?")),
    Phrase(N_("Which of these differences would people who use the service notice first?")),
    Phrase(N_("Which one thing do we try now, who begins, and when do we look at it again together?")),
)


def steps_apart(steps: int) -> str:
    """How far apart two views lie."""
    return ngettext("%(num)s step", "%(num)s steps", steps)


def people_together(many: int, names: str) -> str:
    """How many people of several roles, whose answers are told as those of one group."""
    return ngettext("%(num)s person (%(names)s together)", "%(num)s people (%(names)s together)", many, names=names)
