"""Every fixed word of the report in one place, so that a translation has one table to replace."""

from readiness.engine.answers import Missing, Phase, Role
from readiness.engine.evidence import Kind
from readiness.engine.framework import Band
from readiness.engine.grounds import Part
from readiness.engine.result import Certainty
from readiness.engine.ruleset import Effort, Status, When

TITLE = "Readiness for peer support work"
STAMP_EXAMPLE = "Example, no assessment of a service · "
EXAMPLE_ABOUT = "An example. {about}"
INVENTED_ABOUT = "An invented service, made to teach one rule. {about}"
HALF = {True: "{title} (first case)", False: "{title} (second case)"}
UNNAMED = "Unnamed service"
NOT_DETERMINABLE = "Not determinable"

BAND = {Band.HIGH: "High risk", Band.MODERATE: "Moderate risk", Band.LOW: "Low risk", None: NOT_DETERMINABLE}
BAND_COUNT = {Band.HIGH: "high", Band.MODERATE: "moderate", Band.LOW: "low", None: "not determinable"}
CERTAINTY = {
    Certainty.SETTLED: "settled: no open answer can change this band",
    Certainty.PROVISIONAL: "provisional: enough is known for an estimate, but open answers could change the band",
    Certainty.NOT_DETERMINABLE: "not determinable: too little is known for an estimate",
}
CERTAINTY_SHORT = {
    Certainty.SETTLED: "settled",
    Certainty.PROVISIONAL: "provisional",
    Certainty.NOT_DETERMINABLE: "not determinable",
}
RANGE = "between {best} and {worst}"
RANGE_POINT = "{best}, whatever the open answers are"
RANGE_NONE = "nothing to assess"
RANGE_KNOWN = "no open answers"
ALT_RISK = (
    "{title}: {band}, {risk} on a scale from 0 (low risk) to 100 (high risk); possible range {range}; {certainty}."
)
ALT_NONE = "{title}: not determinable; possible range {range}."
LIMITS_FIRST = "below {upper}"
LIMITS_MIDDLE = "from {lower} to below {upper}"
LIMITS_LAST = "{lower} and above"

RATINGS = (  # the rating that each word lies above; a rating between two words goes to the worse, as risks do
    (1.5, "strong facilitator"),
    (0.5, "facilitator"),
    (-0.5, "neutral or mixed"),
    (-1.5, "barrier"),
    (-3.0, "strong barrier"),
)
TIER = "{code}, weight {weight}"
KNOWN = "{known} of {asked} questions answered"
KNOWN_ONE = "{known} of {asked} question answered"
BY_RULES = "From the answers alone: {alone}. Rules on how answers work together make it {risk}."
KNOWN_IN_ALL = "{known} of the {asked} rated questions that apply are answered; “don’t know” counts as open"
NEAR = "close to {band}"
HIGH_MORE = "and {number} more"
HIGH = "{title} ({domain}): {risk} of 100"
CRITICAL_ABOUT = (
    "Critical parts, in our reading of the papers: {names}. High risk in one of them keeps its domain from being "
    "called low."
)
SETTLES = "The answer that would tell us most: “{question}”"

STATUS = {
    Status.STATED: "stated by the papers",
    Status.INFERRED: "inferred by the papers’ authors",
    Status.OURS: "our own judgement",
}
STATUS_OF_RULE = {
    Status.STATED: "stated by the papers; how much it counts is ours",
    Status.INFERRED: "inferred by the papers’ authors; how much it counts is ours",
    Status.OURS: "our own judgement",
}
STATUS_OF_ADVICE = {
    Status.STATED: "the idea is stated by the papers, the steps are ours",
    Status.INFERRED: "the idea is inferred by the papers’ authors, the steps are ours",
    Status.OURS: "our own judgement",
}
STATUS_THIN = "{status}; one line of evidence"
STEPS = {0.5: "half a rating step", 1.0: "one rating step", 1.5: "one and a half rating steps", 2.0: "two rating steps"}
EFFECT_SHIFT_UP = "Lowers the risk by {shift}."
EFFECT_SHIFT_DOWN = "Raises the risk by {shift}."
EFFECT_BOUND = "The band is at least {band}, whatever the mean."
BOUNDED = "Raised to at least {band} by the rule “{rule}”."

DECIDED_NOTHING_KNOWN = "Too few questions are answered to place this domain in a band."
DECIDED_BOUND = "Decided by a critical barrier: {names}."
DECIDED_UP = "What raises the risk most: {names}."
DECIDED_DOWN = "What keeps the risk down most: {names}."
DECIDED_EVEN = "Nothing stands out: barriers and facilitators weigh about the same."
DOMAIN_BOUNDED = (
    "The mean alone would have been {mean}. The domain is set to {risk} because a critical barrier may not vanish in a "
    "mean."
)
AND = " and "

PHASE = {Phase.BEFORE: "Before the start", Phase.AFTER: "After the start"}
PHASE_LONG = {
    Phase.BEFORE: "Peer support workers have not started yet; the questions ask about the plan.",
    Phase.AFTER: "Peer support workers have started; the questions ask about practice.",
}
WHEN_TITLE = {
    When.BEFORE_START: "Before the start",
    When.FIRST_YEAR: "In the first year",
    When.SUSTAINING: "To keep it going",
}
WHEN_ABOUT = {
    When.BEFORE_START: "What should be in place before the first peer support worker begins.",
    When.FIRST_YEAR: "What to do while roles and trust are still forming.",
    When.SUSTAINING: "What keeps peer support work alive after the first year.",
}
WHEN_SHORT = {When.BEFORE_START: "before the start", When.FIRST_YEAR: "first year", When.SUSTAINING: "keeping it going"}
CATCH_UP_SHORT = "best before the start"
CATCH_UP_TITLE = "Best in place before the start, and not complete here"
CATCH_UP_ABOUT = "Something in each of these is still missing; “why here” says what. Leave out what you have already."

EFFORT = {Effort.LOW: "low effort", Effort.MEDIUM: "medium effort", Effort.HIGH: "high effort"}
GAIN = "If these answers became as good as intended, this calculation would give: {domains}."
GAIN_SMALL = "Too little is known of the domain, or too little would move, to show the gain as a figure."
GAIN_NONE = (
    "We cannot put a figure on the gain, because the answers it would improve are open or do not rate lower here."
)
GAIN_DOMAIN = "{domain} from {before} to {after}"
MOVE = "{item}: from “{level}” to “{to}”."
FALL_SMALL = "too little is known of the domain to show it"
WHY_ANSWER = "{item}: “{level}”"
WHY_BAND = "{construct}: {band}"

MISSING = {
    Missing.NOT_ANSWERED: "Not answered",
    Missing.DONT_KNOW: "Don’t know",
    Missing.NOT_APPLICABLE: "Does not apply",
}
BARRIER = "{title} ({domain}): high risk, {risk} of 100, {certainty}{alone}"
BARRIER_ALONE = "; from the answers alone {alone}"
HEADLINE_BARRIERS = "Critical barriers first: {names}."
HEADLINE_NO_BARRIER = "No critical barrier was found."
HEADLINE_CLOSE = "Close to being one: {names}."
HEADLINE_NOT_SEEN = "Not assessed, as too little is known: {names}."
NO_TOTAL = (
    "There is no overall score. The papers behind this report give no way to add the domains up, and a total would "
    "hide a barrier that matters."
)
NO_ADVICE = (
    "No recommendation applies to the answers given. That is no sign that all is well: where many answers are open, "
    "fill them in first, beginning with those that would tell most."
)
NOTHING_KNOWN = "no domain"
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
DAY = "{day} {month} {year}"
STAMP = "{id} {version} · {digest} · {day}"

METHOD = (
    "Each answer is a described state. It is worth a rating for one construct of CFIR, the Consolidated Framework for"
    " Implementation Research: from −2 (strong barrier) through 0 (neutral or mixed) to +2 (strong facilitator).",
    "A construct’s rating is the mean of its answered questions. “Does not apply” leaves the mean; “don’t know” and "
    "“not answered” are unknown. When less than {share} % of its questions are answered, a construct is not "
    "determinable, never low.",
    "Rules about how answers work together can shift a rating or keep a band from falling below a limit. Each rule "
    "says whether the papers state it, their authors infer it, or we judge it so.",
    "Risk runs from 0 to 100: a rating of +2 is 0, a rating of 0 is 50, a rating of −2 is 100. A domain’s risk is the"
    " weighted mean of its constructs; weights are three coarse tiers.",
    "The range shows the lowest and the highest risk that the open answers could still give. A band is settled when "
    "the whole range lies in it, and provisional when it does not.",
    "Recommendations are ranked by computation: the answers a recommendation would improve are scored again, and the "
    "fall in risk is divided by its effort (low 1, medium 2, high 3).",
)
LIMITS = (
    "The papers worked with people chosen on purpose. Weights and ratings are our reading of these papers, not effect "
    "sizes.",
    "No figure here is a probability of success, and no result says “do not start”.",
    "The result is as good as the answers. It shows how the people who answered see the service.",
)
CHART_SETTLED = "band is settled"
CHART_PROVISIONAL = "band is provisional"
CHART_RANGE = "range the open answers allow"
CHART_NONE = "not determinable"

# Headings and labels of the report by name; templates read them as t.name.
LABELS = {
    "title": TITLE,
    "subtitle": "Where peer support work is at risk in this service, why, and what to do about it",
    "contents": "Contents",
    "phase": "Phase",
    "rule_set": "Rule set",
    "answered": "Answered",
    "how_to_read": "How to read this report",
    "how_to_read_text": (
        "Risk runs from 0 to 100; more is worse. It is shown for each of the five domains of CFIR, the Consolidated "
        "Framework for Implementation Research, and for what each domain consists of. The bands low, moderate and high "
        "are there to start a discussion. Small numbers in square brackets lead to the list of published findings at "
        "the end."
    ),
    "summary": "Summary",
    "domains_by_band": "The five domains: {}.",
    "barriers": "Critical barriers",
    "first_steps": "What to do first",
    "number": "No. {}",
    "chart_domains": "Risk by domain",
    "chart_constructs": "Risk within this domain: {}",
    "domains": "Domain by domain",
    "domains_about": (
        "Each list holds the answers behind a result, worst first, with what each is worth: from −2, strong barrier, "
        "to +2, strong facilitator. For each part at moderate or high risk the weightiest answer is explained; the "
        "reasons for all the others stand on the result page and in the rule set. “To do” gives the numbers of the "
        "recommendations that would help."
    ),
    "certainty": "The band is {}.",
    "range": "The open answers leave a range {}.",
    "critical": "critical barrier",
    "answer": "Answer",
    "open": "Still open: {}.",
    "recommendations": "Recommendations",
    "recommendations_about": (
        "Numbered in the order to act in: first what eases each critical barrier most, then by the fall in risk for "
        "the effort. The first {} are set out in full, any others in a list at the end of the chapter."
    ),
    "why_here": "Why here",
    "because": "What it rests on",
    "gain": "What it would change",
    "lifts": "By this calculation alone, no longer a critical barrier: {}.",
    "caution": "Take care",
    "low_resource": "With few means",
    "eric": "ERIC strategies, mapped by us: {}.",
    "other_high": "Other parts at high risk",
    "five_domains": "The five domains",
    "actions": "to do: {}",
    "alone": "answers alone {}",
    "near": "It is {}.",
    "further": "Further recommendations",
    "further_about": "In short. The result page has all of them in full.",
    "listed": "And, by title:",
    "levers": "Single answers that would help most",
    "levers_about": "If only one answer could improve, these would lower the risk most.",
    "question": "Question",
    "now": "Now",
    "better": "Better",
    "fall": "By this calculation",
    "plan": "Action plan",
    "plan_about": (
        "The first recommendations are filled in, with suggestions to cross out; the empty rows are yours. Agree on "
        "one owner for each row and bring this page to the next team meeting."
    ),
    "action": "Action",
    "owner": "Owner",
    "first_step": "First step",
    "by_when": "By when",
    "done": "Done",
    "suggested": "Suggested: {}",
    "unknown": "What could not be assessed",
    "undetermined": "Not determinable, and the answer that would tell most",
    "part": "Part",
    "domain": "Domain",
    "known": "Known",
    "would_tell": "Would tell most",
    "open_items_are": "Every open question stands in the last chapter, among the answers as given.",
    "method": "Method and limits",
    "how_it_works": "How the result comes about",
    "bands": "Bands",
    "limits": "What this report is not",
    "version": "Version of the rule set",
    "authors": "Authors",
    "licence": "Licence",
    "digest": "SHA-256 of its content",
    "digest_about": "Whoever has the rule set with this digest can compute this result again from the answers below.",
    "references": "References",
    "findings_about": (
        "The numbers in square brackets, and where each finding stands in its paper. Letters are the papers’ own codes "
        "for sites and participants."
    ),
    "no_references": "No finding is cited, because nothing could be assessed.",
    "answers": "Answers as given",
    "none_open": "none",
    "form_title": "Questionnaire on paper",
    "form_about": (
        "Tick one box for each question: the level that fits best. “Don’t know” is a real answer: it makes the result "
        "less certain, never better or worse. Leave a note where a level needs a word. The web "
        "pages ask the same questions in the same order."
    ),
    "form_service": "Service",
    "form_filled_by": "Filled in by (role)",
    "form_date": "Date",
    "form_notes": "Notes",
    "form_minutes": "about {} min",
    "dont_know": MISSING[Missing.DONT_KNOW],
    "not_applicable": MISSING[Missing.NOT_APPLICABLE],
}
ROLE = {
    Role.MANAGER: "managers",
    Role.MENTAL_HEALTH_WORKER: "mental health workers",
    Role.PEER_SUPPORT_WORKER: "peer support workers",
    Role.SERVICE_USER: "service users",
    Role.OTHER: "others",
}

# The evidence as it is browsed: sites by the papers' codes, kinds of statement, what rests on a finding.
SITES = {
    "ULM": "Ulm and Günzburg",
    "UKE": "Hamburg",
    "BU": "Butabika (Kampala)",
    "DS": "Dar es Salaam",
    "BGU": "Be’er Sheva",
    "PU": "Pune",
    "DE": "Germany, many services",
}
NO_SITE = "no single site"
UNUSED = "nothing rests on them yet"
FINDING_PHASE = {
    "before": "before the start",
    "after": "after the start",
    "both": "before and after the start",
    "not stated": "not stated",
}
KIND = {
    Kind.REPORTED: "reported by participants",
    Kind.AUTHOR_SUMMARY: "summed up by the authors",
    Kind.AUTHOR_INFERENCE: "inferred by the authors",
    Kind.CITED_LITERATURE: "taken by the authors from other literature",
    Kind.HYPOTHESIS: "offered by the authors as a guess: recorded, never scored",
}
PART = {
    Part.ITEM: "Question",
    Part.RULE: "Rule",
    Part.RECOMMENDATION: "Recommendation",
    Part.SUBJECT: "What is asked and left out",
    Part.CASE: "Example",
}
IMPROVES = "{item}: up to “{level}”"
NO_SUCH = "There is no {what} “{given}”{hint}"
NO_FINDING = "There is no finding “{code}”{hint}"
OF_CONSTRUCT = "; for the findings on this construct, choose it as construct."
RISK_BAND = "{risk} of 100, {band}"
