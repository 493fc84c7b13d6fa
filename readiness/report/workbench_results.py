"""A job on a draft > what it is called, how it stands and what came of it, in the language being spoken."""

from collections.abc import Mapping

from readiness.language import N_, format_number, gettext, ngettext

Data = Mapping[str, object]

JOBS: Mapping[str, str] = {
    "test": N_("Test of the cases"),
    "prove": N_("Proof"),
    "compare": N_("Comparison with another version"),
    "impact": N_("Impact on assessments"),
    "publish": N_("Publishing"),
}
WHY: Mapping[str, str] = {
    "time": N_(
        "It took longer than it may and was ended. Make the rule set smaller, or split constructs with many items."
    ),
    "memory": N_(
        "It needed more memory than it may have. Make the rule set smaller, or split constructs with many items."
    ),
    "fault": N_(
        "It ended with a fault of ours. Start it again; if it fails again, tell whoever runs this installation."
    ),
    "refused": N_("Nothing was done, for these reasons:"),
    "lost": N_("Its process has ended without a word, perhaps because the machine was started anew. Start it again."),
}
POPULATIONS: Mapping[str, str] = {
    "stored": N_("submitted assessments of this installation"),
    "cases": N_("the cases of the version this draft is based on"),
}


def job_words(job: str) -> str:
    """What a job is called."""
    return gettext(JOBS[job])


def why_words(result: Data) -> str:
    """Why a job came to nothing."""
    return gettext(WHY[str(result["why"])])


def population_words(on: str) -> str:
    """Which assessments an impact is about."""
    if on in POPULATIONS:
        return gettext(POPULATIONS[on])
    return gettext("%(count)s invented assessments", count=format_number(int(on.partition(":")[2])))


def holds(job: str, result: Data) -> bool:
    """Whether everything that a test or a proof tried came out."""
    return job in ("test", "prove") and result["holds"] is True


def outcome_words(job: str, result: Data) -> str:
    """What came of a job, in a few words."""
    return _OUTCOMES[job](result)


def _tested(result: Data) -> str:
    unmet, cases = _count(result, "unmet"), _count(result, "cases")
    if unmet:
        return ngettext("%(num)s expectation does not come out.", "%(num)s expectations do not come out.", unmet)
    return ngettext("%(num)s case comes out as it says.", "All %(num)s cases come out as they say.", cases)


def _proven(result: Data) -> str:
    refuted = _count(result, "refuted")
    if refuted:
        return ngettext("%(num)s thing does not hold.", "%(num)s things do not hold.", refuted)
    return gettext("Everything holds.")


def _compared(result: Data) -> str:
    if result["equivalent"]:
        return gettext("Proven equivalent: no answers come out differently.")
    changed = _count(result, "changed")
    return ngettext("%(num)s thing differs in its text.", "%(num)s things differ in their text.", changed)


def _impacted(result: Data) -> str:
    if result["rounded"] and not result["assessments"]:
        return gettext("There are fewer than 20 such assessments, so nothing is shown about them.")
    if result["rounded"] and not result["touched"]:
        return gettext("Fewer than five assessments have another band.")
    touched = _count(result, "touched")
    if result["rounded"]:
        return gettext("At least %(touched)s assessments have another band.", touched=format_number(touched))
    if not touched:
        return gettext("No assessment has another band.")
    return ngettext(
        "%(num)s assessment has another band.",
        "%(num)s assessments have another band.",
        touched,
        num=format_number(touched),
    )


def _published(result: Data) -> str:
    return gettext("Published as version %(version)s.", version=result["version"])


def _count(result: Data, name: str) -> int:
    count = result[name]
    return count if isinstance(count, int) else 0


_OUTCOMES = {"test": _tested, "prove": _proven, "compare": _compared, "impact": _impacted, "publish": _published}
