"""A rule set > the same with itself translated into the pseudo-languages: what stays English after that is a leak."""

from dataclasses import replace

from pseudo import SAID

from readiness.engine.localised import texts
from readiness.engine.ruleset import Locale, RuleSet


def with_pseudo_languages(ruleset: RuleSet) -> RuleSet:
    """The rule set with a complete translation into each pseudo-language."""
    originals = texts(ruleset)
    locales = {
        code: Locale({path: say(text) for path, text in originals.items()}, {}, False) for code, say in SAID.items()
    }
    return replace(ruleset, locales=locales)
