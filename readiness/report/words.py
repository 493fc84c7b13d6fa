"""The fixed words of results, in one place: phrases and tables that speak the language of whoever reads."""

from readiness.engine.answers import Missing, Phase, Role
from readiness.engine.conditions import Phrases
from readiness.engine.evidence import Direction, Kind
from readiness.engine.framework import Band
from readiness.engine.grounds import Part
from readiness.engine.result import Certainty
from readiness.engine.ruleset import Effort, Status, When
from readiness.language import N_
from readiness.report.spoken import Phrase, Table

CHAPTER = Table(  # the headings of the report, in its order
    {
        "summary": N_("Summary"),
        "domains": N_("Domain by domain"),
        "team": N_("What people see differently"),
        "change": N_("Change since the wave before"),
        "recommendations": N_("Recommendations"),
        "plan": N_("Action plan"),
        "unknown": N_("What could not be assessed"),
        "method": N_("Method and limits"),
        "references": N_("References"),
        "answers": N_("Answers as given"),
    }
)
EXAMPLE_ABOUT = Phrase(N_("An example. %(about)s"))
INVENTED_ABOUT = Phrase(N_("An invented service, made to teach one rule. %(about)s"))
HALF = {True: Phrase(N_("%(title)s (first case)")), False: Phrase(N_("%(title)s (second case)"))}
UNNAMED = Phrase(N_("Unnamed service"))
ROLE = Table(
    {
        Role.MANAGER: N_("Manager"),
        Role.MENTAL_HEALTH_WORKER: N_("Mental health worker"),
        Role.PEER_SUPPORT_WORKER: N_("Peer support worker"),
        Role.SERVICE_USER: N_("Service user"),
        Role.OTHER: N_("Other role"),
    }
)
ROLES = Table(  # several people, within a sentence
    {
        Role.MANAGER: N_("managers"),
        Role.MENTAL_HEALTH_WORKER: N_("mental health workers"),
        Role.PEER_SUPPORT_WORKER: N_("peer support workers"),
        Role.SERVICE_USER: N_("service users"),
        Role.OTHER: N_("people in other roles"),
    }
)
BAND = Table(
    {
        Band.HIGH: N_("High risk"),
        Band.MODERATE: N_("Moderate risk"),
        Band.LOW: N_("Low risk"),
        None: N_("Not determinable"),
    }
)
BAND_WITHIN = Table(  # the same within a sentence
    {
        Band.HIGH: N_("high risk"),
        Band.MODERATE: N_("moderate risk"),
        Band.LOW: N_("low risk"),
        None: N_("not determinable"),
    }
)
BAND_COUNT = {
    Band.HIGH: Phrase(N_("%(number)s high")),
    Band.MODERATE: Phrase(N_("%(number)s moderate")),
    Band.LOW: Phrase(N_("%(number)s low")),
    None: Phrase(N_("%(number)s not determinable")),
}
CERTAINTY = Table(
    {
        Certainty.SETTLED: N_("The band is settled: no open answer can change this band."),
        Certainty.PROVISIONAL: N_(
            "The band is provisional: enough is known for an estimate, but open answers could change the band."
        ),
        Certainty.NOT_DETERMINABLE: N_("The band is not determinable: too little is known for an estimate."),
    }
)
CERTAINTY_SHORT = Table(
    {
        Certainty.SETTLED: N_("settled"),
        Certainty.PROVISIONAL: N_("provisional"),
        Certainty.NOT_DETERMINABLE: N_("not determinable"),
    }
)
RANGE = Phrase(N_("between %(best)s and %(worst)s"))
RANGE_POINT = Phrase(N_("%(best)s, whatever the open answers are"))
RANGE_NONE = Phrase(N_("nothing to assess"))
RANGE_KNOWN = Phrase(N_("no open answers"))
ALT_RISK = Phrase(
    N_(
        "%(title)s: %(band)s, %(risk)s on a scale from 0 (low risk) to 100 (high risk); possible range %(range)s; "
        "%(certainty)s."
    )
)
ALT_NONE = Phrase(N_("%(title)s: not determinable; possible range %(range)s."))
LIMITS_FIRST = Phrase(N_("below %(upper)s"))
LIMITS_MIDDLE = Phrase(N_("from %(lower)s to below %(upper)s"))
LIMITS_LAST = Phrase(N_("%(lower)s and above"))
RATINGS = (  # the rating that each word lies above; a rating between two words goes to the worse, as risks do
    (1.5, Phrase(N_("strong facilitator"))),
    (0.5, Phrase(N_("facilitator"))),
    (-0.5, Phrase(N_("neutral or mixed"))),
    (-1.5, Phrase(N_("barrier"))),
    (-3.0, Phrase(N_("strong barrier"))),
)
TIER = Phrase(N_("%(tier)s, weight %(weight)s"))
BY_RULES = Phrase(N_("From the answers alone: %(alone)s. Rules on how answers work together make it %(risk)s."))
KNOWN_IN_ALL = Phrase(
    N_("%(known)s of the %(asked)s rated questions that apply are answered; “don’t know” counts as open")
)
NEAR = Phrase(N_("close to %(band)s"))
HIGH_MORE = Phrase(N_("and %(number)s more"))
HIGH = Phrase(N_("%(title)s (%(domain)s): %(risk)s of 100"))
CRITICAL_ABOUT = Phrase(
    N_(
        "Critical parts, in our reading of the papers: %(names)s. High risk in one of them keeps its domain from "
        "being called low."
    )
)
SETTLES = Phrase(N_("The answer that would tell us most: “%(question)s”"))
STATUS = Table(
    {
        Status.STATED: N_("stated by the papers"),
        Status.INFERRED: N_("inferred by the papers’ authors"),
        Status.OURS: N_("our own judgement"),
    }
)
STATUS_OF_RULE = Table(
    {
        Status.STATED: N_("stated by the papers; how much it counts is ours"),
        Status.INFERRED: N_("inferred by the papers’ authors; how much it counts is ours"),
        Status.OURS: N_("our own judgement"),
    }
)
STATUS_OF_ADVICE = Table(
    {
        Status.STATED: N_("the idea is stated by the papers, the steps are ours"),
        Status.INFERRED: N_("the idea is inferred by the papers’ authors, the steps are ours"),
        Status.OURS: N_("our own judgement"),
    }
)
STATUS_THIN = Phrase(N_("%(status)s; one line of evidence"))
EFFECT_UP = Table(  # by how many rating steps a rule lifts a rating
    {
        0.5: N_("Lowers the risk by half a rating step."),
        1.0: N_("Lowers the risk by one rating step."),
        1.5: N_("Lowers the risk by one and a half rating steps."),
        2.0: N_("Lowers the risk by two rating steps."),
    }
)
EFFECT_DOWN = Table(
    {
        0.5: N_("Raises the risk by half a rating step."),
        1.0: N_("Raises the risk by one rating step."),
        1.5: N_("Raises the risk by one and a half rating steps."),
        2.0: N_("Raises the risk by two rating steps."),
    }
)
EFFECT_BOUND = Phrase(N_("The band is at least %(band)s, whatever the mean."))
BOUNDED = Phrase(N_("Raised to at least %(band)s by the rule “%(rule)s”."))
DECIDED_NOTHING_KNOWN = Phrase(N_("Too few questions are answered to place this domain in a band."))
DECIDED_BOUND = Phrase(N_("Decided by a critical barrier: %(names)s."))
DECIDED_UP = Phrase(N_("What raises the risk most: %(names)s."))
DECIDED_DOWN = Phrase(N_("What keeps the risk down most: %(names)s."))
DECIDED_EVEN = Phrase(N_("Nothing stands out: barriers and facilitators weigh about the same."))
DOMAIN_BOUNDED = Phrase(
    N_(
        "The mean alone would have been %(mean)s. The domain is set to %(risk)s because a critical barrier may not "
        "vanish in a mean."
    )
)
AND = Phrase(N_("%(names)s and %(name)s"))
PHASE = Table({Phase.BEFORE: N_("Before the start"), Phase.AFTER: N_("After the start")})
PHASE_WITHIN = Table({Phase.BEFORE: N_("before the start"), Phase.AFTER: N_("after the start")})
PHASE_LONG = Table(
    {
        Phase.BEFORE: N_("Peer support workers have not started yet; the questions ask about the plan."),
        Phase.AFTER: N_("Peer support workers have started; the questions ask about practice."),
    }
)
WHEN_TITLE = Table(
    {
        When.BEFORE_START: N_("Before the start"),
        When.FIRST_YEAR: N_("In the first year"),
        When.SUSTAINING: N_("To keep it going"),
    }
)
WHEN_ABOUT = Table(
    {
        When.BEFORE_START: N_("What should be in place before the first peer support worker begins."),
        When.FIRST_YEAR: N_("What to do while roles and trust are still forming."),
        When.SUSTAINING: N_("What keeps peer support work alive after the first year."),
    }
)
WHEN_SHORT = Table(
    {
        When.BEFORE_START: N_("before the start"),
        When.FIRST_YEAR: N_("first year"),
        When.SUSTAINING: N_("keeping it going"),
    }
)
CATCH_UP_SHORT = Phrase(N_("groundwork to make up for"))
CATCH_UP_TITLE = Phrase(N_("Groundwork to make up for"))
CATCH_UP_ABOUT = Phrase(
    N_(
        "Each of these is best in place before the start, and something of it is still missing; “why here” says what. "
        "Leave out what you have already."
    )
)
EFFORT = Table(
    {
        Effort.LOW: N_("low effort"),
        Effort.MEDIUM: N_("medium effort"),
        Effort.HIGH: N_("high effort"),
    }
)
GAIN = Phrase(N_("If these answers became as good as intended, this calculation would give: %(domains)s."))
GAIN_SMALL = Phrase(N_("Too little is known of the domain, or too little would move, to show the gain as a figure."))
GAIN_NONE = Phrase(
    N_("We cannot put a figure on the gain, because the answers it would improve are open or do not rate lower here.")
)
GAIN_DOMAIN = Phrase(N_("%(domain)s from %(before)s to %(after)s"))
MOVE = Phrase(N_("%(item)s: from “%(level)s” to “%(to)s”."))
FALL_SMALL = Phrase(N_("too little is known of the domain to show it"))
WHY_ANSWER = Phrase(N_("%(item)s: “%(level)s”"))
WHY_BAND = Phrase(N_("%(construct)s: %(band)s"))
MISSING = Table(
    {
        Missing.NOT_ANSWERED: N_("Not answered"),
        Missing.DONT_KNOW: N_("Don’t know"),
        Missing.NOT_APPLICABLE: N_("Does not apply"),
    }
)
MISSING_WITHIN = Table(
    {
        Missing.NOT_ANSWERED: N_("not answered"),
        Missing.DONT_KNOW: N_("don’t know"),
        Missing.NOT_APPLICABLE: N_("does not apply"),
    }
)
MISSING_BECAUSE = Phrase(N_("%(missing)s: %(reason)s"))
BARRIER = Phrase(N_("%(title)s (%(domain)s): high risk, %(risk)s of 100, %(certainty)s"))
BARRIER_BY_RULES = Phrase(
    N_("%(title)s (%(domain)s): high risk, %(risk)s of 100, %(certainty)s; from the answers alone %(alone)s")
)
HEADLINE_BARRIERS = Phrase(N_("Critical barriers first: %(names)s."))
HEADLINE_NO_BARRIER = Phrase(N_("No critical barrier was found."))
HEADLINE_UNKNOWN = Phrase(N_("Too little is known to say whether there is a critical barrier."))
HEADLINE_HIGH = Phrase(N_("At high risk all the same: %(names)s."))
HEADLINE_CLOSE = Phrase(N_("Close to being one: %(names)s."))
HEADLINE_NOT_SEEN = Phrase(N_("Not assessed, as too little is known: %(names)s."))
NO_TOTAL = Phrase(
    N_(
        "There is no overall score. The papers behind this report give no way to add the domains up, and a total "
        "would hide a barrier that matters."
    )
)
NO_ADVICE = Phrase(
    N_(
        "No recommendation applies to the answers given. That is no sign that all is well: where many answers are "
        "open, fill them in first, beginning with those that would tell most."
    )
)
NOTHING_KNOWN = Phrase(N_("no domain"))
STAMP_EXAMPLE = Phrase(N_("Example, no assessment of a service · %(stamp)s"))
DRAFT = Phrase(N_("Parts of this translation were drafted by a machine, and nobody has checked them yet."))
METHOD = tuple(
    map(
        Phrase,
        (
            N_(
                "Each answer is a described state. It is worth a rating for one construct of CFIR, the Consolidated "
                "Framework for Implementation Research: from −2 (strong barrier) through 0 (neutral or mixed) to +2 "
                "(strong facilitator)."
            ),
            N_(
                "A construct’s rating is the mean of its answered questions. “Does not apply” leaves the mean; “don’t "
                "know” and “not answered” are unknown. When less than %(share)s %% of its questions are answered, a "
                "construct is not determinable, never low."
            ),
            N_(
                "Rules about how answers work together can shift a rating or keep a band from falling below a limit. "
                "Each rule says whether the papers state it, their authors infer it, or we judge it so."
            ),
            N_(
                "Risk runs from 0 to 100: a rating of +2 is 0, a rating of 0 is 50, a rating of −2 is 100. A domain’s "
                "risk is the weighted mean of its constructs; weights are three coarse tiers."
            ),
            N_(
                "The range shows the lowest and the highest risk that the open answers could still give. A band is "
                "settled when the whole range lies in it, and provisional when it does not."
            ),
            N_(
                "Recommendations are ranked by computation: the answers a recommendation would improve are scored "
                "again, and the fall in risk is divided by its effort (low 1, medium 2, high 3)."
            ),
        ),
    )
)
LIMITS = (
    Phrase(
        N_(
            "The papers worked with people chosen on purpose. Weights and ratings are our reading of these papers, "
            "not effect sizes."
        )
    ),
    Phrase(N_("No figure here is a probability of success, and no result says “do not start”.")),
    Phrase(N_("The result is as good as the answers. It shows how the people who answered see the service.")),
)

# The evidence as it is browsed: sites by the papers' codes, kinds of statement, what rests on a finding.
SITES = Table(
    {
        "ULM": N_("Ulm and Günzburg"),
        "UKE": N_("Hamburg"),
        "BU": N_("Butabika (Kampala)"),
        "DS": N_("Dar es Salaam"),
        "BGU": N_("Be’er Sheva"),
        "PU": N_("Pune"),
        "DE": N_("Germany, many services"),
    }
)
NO_SITE = Phrase(N_("no single site"))
UNUSED = Phrase(N_("nothing rests on them yet"))
FINDING_PHASE = Table(
    {
        "before": N_("before the start"),
        "after": N_("after the start"),
        "both": N_("before and after the start"),
        "not stated": N_("not stated"),
    }
)
KIND = Table(
    {
        Kind.REPORTED: N_("reported by participants"),
        Kind.AUTHOR_SUMMARY: N_("summed up by the authors"),
        Kind.AUTHOR_INFERENCE: N_("inferred by the authors"),
        Kind.CITED_LITERATURE: N_("taken by the authors from other literature"),
        Kind.HYPOTHESIS: N_("offered by the authors as a guess: recorded, never scored"),
    }
)
DIRECTION = Table(
    {
        Direction.BARRIER: N_("barrier"),
        Direction.FACILITATOR: N_("facilitator"),
        Direction.BENEFIT: N_("benefit"),
        Direction.CONTEXT: N_("context"),
    }
)
PART = Table(
    {
        Part.ITEM: N_("Question"),
        Part.RULE: N_("Rule"),
        Part.RECOMMENDATION: N_("Recommendation"),
        Part.SUBJECT: N_("What is asked and left out"),
        Part.CASE: N_("Example"),
    }
)
IMPROVES = Phrase(N_("%(item)s: up to “%(level)s”"))
NO_SUCH = {
    "construct": Phrase(N_("There is no construct “%(given)s”.")),
    "site": Phrase(N_("There is no site “%(given)s”.")),
    "source": Phrase(N_("There is no paper “%(given)s”.")),
    "kind": Phrase(N_("There is no kind of statement “%(given)s”.")),
    "finding": Phrase(N_("There is no finding “%(given)s”.")),
}
DID_YOU_MEAN = Phrase(N_("Did you mean %(near)s?"))
ONE_OF = Phrase(N_("Choose one of: %(known)s."))
OF_CONSTRUCT = Phrase(N_("For the findings on this construct, choose it as construct."))
RISK_BAND = Phrase(N_("%(risk)s of 100, %(band)s"))

# The words of conditions; the engine fills in what %(...)s stands for.
CONDITION = Phrases(
    claim=N_("%(subject)s: %(levels)s"),
    level=N_("“%(level)s”"),
    answered=N_("answered"),
    anything_but=N_("anything but %(level)s"),
    differ=N_("sheets differ"),
    apart=N_("sheets lie %(steps)s steps or more apart"),
    or_level=N_("%(levels)s or %(level)s"),
    negated=N_("not (%(part)s)"),
    either=N_("either (%(parts)s)"),
    and_part=N_("%(parts)s; and %(part)s"),
    or_part=N_("%(parts)s; or %(part)s"),
    low=N_("low risk"),
    moderate=N_("moderate risk"),
    high=N_("high risk"),
)
