"""Answers > the published sites, nearest first: how far apart the ratings of answers lie that both are known for.

Near says alike in what is known of both, and nothing more: a site is known by few answers, and six sites are no norm.
"""

from dataclasses import dataclass

from readiness.engine.answers import UNKNOWN, Answer, Answers, Missing
from readiness.engine.cases import Case
from readiness.engine.ruleset import RuleSet

# A site counts as comparable with so many rated answers known of both, and so large a share of those known of it.
FEWEST_SHARED = 5
SHARE_OF_SITE = 0.5
# From so many rating points apart on average, no site is called near: any two services lie about as far apart.
FAR = 1.0


@dataclass(frozen=True, slots=True)
class Difference:
    """One item that both have a level of: what is said here and there, and how far the ratings (-2..+2) lie apart."""

    item: str
    here: Answer
    there: Answer
    points: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """One site beside a service: `known` of its rated answers are levels, `shared` of them are known here too.

    `distance` (0..4) is the mean of how far the shared ones lie apart; None where too few are shared. `differences`
    are those rated otherwise, widest first.
    """

    case: Case
    known: int
    shared: int
    distance: float | None
    differences: tuple[Difference, ...]

    @property
    def is_near(self) -> bool:
        """Whether it may be called near at all."""
        return self.distance is not None and self.distance < FAR


def nearest(ruleset: RuleSet, answers: Answers) -> tuple[Likeness, ...]:
    """The published sites: of the same phase first, the nearest first; those with too little in common last.

    Of two as near, the one with more shared answers comes first, then the one that the rule set names first.
    """
    found = [_likeness(ruleset, answers, case) for case in ruleset.examples]
    return tuple(
        sorted(
            found,
            key=lambda one: (
                one.case.phase is not answers.phase,
                one.distance is None,
                one.distance or 0.0,
                -one.shared,
            ),
        )
    )


def _likeness(ruleset: RuleSet, answers: Answers, case: Case) -> Likeness:
    there = case.answered(ruleset.instrument)
    known = [code for code in ruleset.construct_of if _is_level(there[code])]
    shared = [code for code in known if _is_level(answers[code])]
    if len(shared) < max(FEWEST_SHARED, SHARE_OF_SITE * len(known)):
        return Likeness(case, len(known), len(shared), None, ())
    apart = [Difference(code, answers[code], there[code], _apart(ruleset, code, answers, there)) for code in shared]
    distance = sum(one.points for one in apart) / len(apart)
    differing = (one for one in apart if one.points)
    return Likeness(case, len(known), len(shared), distance, tuple(sorted(differing, key=lambda one: -one.points)))


def _is_level(answer: Answer) -> bool:
    return answer not in UNKNOWN and answer is not Missing.NOT_APPLICABLE


def _apart(ruleset: RuleSet, code: str, here: Answers, there: Answers) -> float:
    ratings = ruleset.item_scoring[code].ratings
    return abs(ratings[here[code]] - ratings[there[code]])
