"""A rule set > two fingerprints: one of its content, one of the logic that alone can change a result."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace

from readiness.engine.conditions import All, Any, Not
from readiness.engine.ruleset import RuleSet
from readiness.engine.versions import logic_of

# What is told apart by its kind and not by its fields.
KINDS: Mapping[type, str] = {All: "all", Any: "any", Not: "not"}


def identified(ruleset: RuleSet) -> RuleSet:
    """A rule set with both fingerprints in its identity."""
    identity = replace(ruleset.identity, digest=digest_of(ruleset), logic=logic_digest_of(ruleset))
    return replace(ruleset, identity=identity)


def digest_of(ruleset: RuleSet) -> str:
    """SHA-256 of the canonical content: layout and comments of the files do not enter, order and wording do.

    Status and changelog do not enter either: they tell of the content and are no part of it, so that what is published
    is known by the digest that was reviewed.
    """
    blank = replace(ruleset.identity, digest="", logic="", draft=False)
    return _sha256(canonical(replace(ruleset, identity=blank, changelog={})))


def logic_digest_of(ruleset: RuleSet) -> str:
    """SHA-256 of what can change a result: a version that only words things differently has the same."""
    return _sha256(logic_of(ruleset))


def canonical(value: object) -> object:
    """A value as plain JSON data, fields by name: the form that the digest is taken of.

    What equals its default does not enter, so that a later program with more fields finds the same digest.
    """
    if isinstance(value, All | Any | Not):
        return {KINDS[type(value)]: canonical(value.part if isinstance(value, Not) else value.parts)}
    if is_dataclass(value) and not isinstance(value, type):
        given = ((field.name, getattr(value, field.name), _default(field)) for field in fields(value))
        return {name: canonical(part) for name, part, default in given if default is MISSING or part != default}
    if isinstance(value, Mapping):
        return {str(key): canonical(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return [canonical(part) for part in value]
    if isinstance(value, frozenset):
        return sorted(str(part) for part in value)
    return value


def _default(field: Field[object]) -> object:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _sha256(content: object) -> str:
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=False)
    return hashlib.sha256(data.encode()).hexdigest()
