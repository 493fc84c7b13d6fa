"""A proof as lines of plain text and as data: what holds, what does not, why, and how to mend it."""

from collections.abc import Iterator, Mapping
from itertools import chain

from readiness.report.told_cases import table
from readiness.workbench.counterexample import Counterexample, as_yaml
from readiness.workbench.theorems import Check, Proof, Refutation, Theorem, Wrong

# How wide the columns may be.
COLUMNS = (66, 6, 9, 7, 14, 6)
HEAD = ("theorem", "tried", "states", "scored", "result", "time")

SAID = {
    Theorem.CONDITIONS: "every rule and recommendation can hold, fail and stay undecided",
    Theorem.EFFECTS: "every rule changes a risk",
    Theorem.OPTIONS: "no scored option is dead, and no question asked about in vain",
    Theorem.BETTER: "no better answer raises a risk",
    Theorem.BANDS: "every band is attainable, or declared out of reach",
    Theorem.RANGES: "ranges hold every result, and beside a band nothing else",
    Theorem.UNKNOWN: "too little known gives no band",
    Theorem.CONTRADICTIONS: "recommendations that contradict each other never come together",
    Theorem.ADVICE: "every construct at high risk yields advice",
    Theorem.EXTREMES: "the best answers give low risk, the worst high risk",
}

# Fact and remedy for each thing that can be wrong; the place is put before them.
SENTENCES = {
    Wrong.NEVER_HOLDS: "%(subject)s can never hold, whatever is answered; change its when or unless, or remove it.",
    Wrong.NEVER_FAILS: "%(subject)s can never fail, whatever is answered; narrow its when, or remove it.",
    Wrong.NEVER_OPEN: "%(subject)s is never undecided, whatever is left open; change its when or unless.",
    Wrong.NEVER_MATTERS: "%(subject)s asks about %(item)s, whose answer never matters to it; remove that claim.",
    Wrong.CHANGES_NOTHING: (
        "%(subject)s changes no risk, whatever is answered; give it a larger step or a higher band, or remove it."
    ),
    Wrong.LEVELS_ALIKE: (
        "nothing tells the levels %(levels)s of %(item)s apart; give them another worth, or declare them under alike "
        "with a reason."
    ),
    Wrong.ALIKE_IN_VAIN: (
        "%(item)s declares %(levels)s alike, which are not all the levels that rate and count alike; correct or remove "
        "that entry of alike."
    ),
    Wrong.ASKED_IN_VAIN: (
        "no claim about %(item)s tells any of its levels %(levels)s apart; change those claims, or remove them."
    ),
    Wrong.NEVER_ASKED: "%(item)s is asked neither before nor after the start; give it a question under ask.",
    Wrong.RATINGS_FALL: (
        "the options of %(item)s run from least to most, but its ratings fall from %(levels)s; put the options in "
        "order, change the worth, or declare peaked with a reason."
    ),
    Wrong.PEAKED_IN_VAIN: "%(item)s is declared peaked, but its ratings never fall; remove peaked.",
    Wrong.BETTER_RAISES: (
        "the better answer to %(item)s, from %(levels)s, raises the risk%(rules)s; make the step smaller, change the "
        "claim, or add a waiver with a reason."
    ),
    Wrong.WAIVER_IN_VAIN: "a better answer to %(item)s raises no risk here; remove its waiver.",
    Wrong.BAND_OUT_OF_REACH: (
        "no answers lead to %(band)s risk; change ratings or rules, or declare it under out_of_reach with a reason."
    ),
    Wrong.BAND_IN_REACH: "%(band)s risk is declared out of reach, but answers lead there; remove the declaration.",
    Wrong.RANGE_DIFFERS: "the range that the engine shows for these answers is not the proven one; report this error.",
    Wrong.RANGE_ESCAPED: "a completion of these answers leaves the range that is shown; report this as an error.",
    Wrong.RANGE_LOOSE: "no completion of these answers reaches an end of the range that is shown; report this error.",
    Wrong.RISK_DIFFERS: "the risk that the engine gives these answers is not the proven one; report this error.",
    Wrong.KNOWN_BY_NOTHING: "%(subject)s has a band with nothing known; report this as an error.",
    Wrong.KNOWN_BY_TOO_LITTLE: "%(subject)s has a band with too little known; report this as an error.",
    Wrong.BOTH_ADVISED: (
        "%(subject)s and %(other)s contradict each other, and these answers call for both; narrow one of them "
        "(and keep in the case below the one that is to be left out)."
    ),
    Wrong.NO_ADVICE: "these answers give high risk, and nothing is recommended; widen a recommendation, or add one.",
    Wrong.BEST_NOT_LOW: "the best answers to everything give %(subject)s %(band)s risk; look at its ratings and rules.",
    Wrong.WORST_NOT_HIGH: "the worst answers to everything give %(subject)s %(band)s risk; look at ratings and rules.",
    Wrong.BEST_ADVISED: (
        "%(subject)s is recommended where every answer is the best; narrow its when, or set its phase to sustaining."
    ),
}

NOTES = (
    "scored: states at which the engine that scores assessments was asked too; it must give what is proven.",
    "Where there is no band yet, a range also covers what fewer answers than the share would give.",
)

TITLES = {
    Theorem.OPTIONS: "Of two levels one is the better",
    Theorem.BETTER: "A better answer does not raise the risk",
    Theorem.BANDS: "This band is out of reach",
    Theorem.RANGES: "The range holds every completion",
    Theorem.UNKNOWN: "There is a band where enough is known, and only there",
    Theorem.CONTRADICTIONS: "What contradicts each other is not recommended together",
    Theorem.ADVICE: "High risk yields advice",
    Theorem.EXTREMES: "The best answers give low risk, the worst high risk",
}


def sentence(refutation: Refutation) -> str:
    """What is wrong, where, and how to mend it."""
    said = {
        "subject": refutation.subject,
        "other": refutation.other,
        "item": refutation.item,
        "levels": _joined(refutation),
        "band": refutation.band,
        "rules": f" by {' and '.join(refutation.rules)}" if refutation.rules else "",
    }
    place = f"scoring of {refutation.construct}: " if refutation.construct else ""
    return place + SENTENCES[refutation.wrong] % said


def _joined(refutation: Refutation) -> str:
    steps = refutation.wrong in (Wrong.RATINGS_FALL, Wrong.BETTER_RAISES)
    return (" to " if steps else ", ").join(refutation.levels)


def case_of(theorem: Theorem, example: Counterexample) -> str:
    """A counterexample as a file for cases/, with its name in the first line."""
    prefix = "pair-" if example.change else ""
    return f"# cases/{prefix}{example.code.replace('_', '-')}.yaml\n{as_yaml(example, TITLES[theorem])}"


def proof_lines(proof: Proof, seconds: Mapping[Theorem, float]) -> Iterator[str]:
    """The theorems as a table, then each thing that does not hold with answers that show it; `seconds` by theorem."""
    rows = [(*_counted(check), f"{seconds[check.theorem]:.2f} s") for check in proof.checks]
    yield from table(HEAD, rows, COLUMNS)
    yield ""
    yield from NOTES
    if proof.too_large:
        yield ""
        yield f"Too many states to look at one by one: {', '.join(proof.too_large)}. Their ranges use the sound bound."
    for check in proof.checks:
        if check.undecided:
            yield f"Not decided ({SAID[check.theorem]}): {', '.join(check.undecided)}."
    refuted = chain.from_iterable(((check.theorem, each) for each in check.refutations) for check in proof.checks)
    for number, (theorem, refutation) in enumerate(refuted, 1):
        yield ""
        yield f"{number}. {sentence(refutation)}"
        if refutation.example is not None:
            yield ""
            yield case_of(theorem, refutation.example).rstrip("\n")


def _counted(check: Check) -> tuple[str, str, str, str, str]:
    return SAID[check.theorem], str(check.tried), str(check.states), str(check.scored or ""), result_words(check)


def result_words(check: Check) -> str:
    """What has come of a theorem, in a word or two."""
    if check.refutations:
        return f"refuted ({len(check.refutations)})"
    return "not decided" if check.undecided else "holds"


def proof_data(proof: Proof) -> dict[str, object]:
    """A proof as JSON data."""
    return {
        "holds": not proof.refutations,
        "too_large": list(proof.too_large),
        "theorems": [_check_data(check) for check in proof.checks],
    }


def _check_data(check: Check) -> dict[str, object]:
    return {
        "theorem": check.theorem.value,
        "says": SAID[check.theorem],
        "result": "refuted" if check.refutations else result_words(check),
        "tried": check.tried,
        "states": check.states,
        "scored": check.scored,
        "undecided": list(check.undecided),
        "refutations": [_refutation_data(check.theorem, each) for each in check.refutations],
    }


def _refutation_data(theorem: Theorem, refutation: Refutation) -> dict[str, object]:
    return {
        "wrong": refutation.wrong.value,
        "sentence": sentence(refutation),
        "construct": refutation.construct,
        "subject": refutation.subject,
        "other": refutation.other,
        "item": refutation.item,
        "levels": list(refutation.levels),
        "band": refutation.band,
        "rules": list(refutation.rules),
        "case": case_of(theorem, refutation.example) if refutation.example else None,
    }
