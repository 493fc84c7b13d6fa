"""Result, team and answers as plain data: what `--json`, the downloads and the answers file hold. Pure."""

import json
from collections.abc import Mapping

import yaml

from readiness.engine.advice import Gain, Lever, RecommendationResult
from readiness.engine.answers import Answers, Phase
from readiness.engine.gaps import item_of, steps_of
from readiness.engine.ranges import Range, Settles
from readiness.engine.result import ConstructResult, DomainResult, Result
from readiness.engine.ruleset import RuleSet
from readiness.engine.team import Gap, GroupSheet, TeamReading
from readiness.report.spreadsheet import as_csv
from readiness.report.view_team import group_words, value_words

Data = dict[str, object]
DIGITS = 3
VALUES_HEAD = ("item", "question", "group", "level", "level_words", "differs_within", "left_open", "of_people")


def result_as_data(ruleset: RuleSet, result: Result, team: TeamReading | None = None) -> Data:
    """The whole result with its trace; risks 0..100 and ratings -2..+2 are rounded to three decimals.

    With a team, `answers` are the combined ones, and `team` holds what may be told of its groups.
    """
    identity = result.ruleset
    return {
        "ruleset": {"id": identity.id, "version": identity.version, "digest": identity.digest, "title": identity.title},
        "phase": result.phase.value,
        "bands": {band.value: floor for band, floor in ruleset.bands.floor.items()},
        "domains": [_domain(domain) for domain in result.domains],
        "constructs": [_construct(ruleset, construct) for construct in result.constructs],
        "critical": list(result.critical),
        "unknown": [
            {"item": unknown.item, "construct": unknown.construct, "dont_know": unknown.dont_know}
            for unknown in result.unknown
        ],
        "recommendations": [_recommendation(recommendation) for recommendation in result.recommendations],
        "levers": [_lever(lever) for lever in result.levers],
        "answers": {item.code: str(result.answers[item.code]) for item in ruleset.instrument.asked(result.phase)},
        "gaps": _gaps(result.answers),
        **({} if team is None else {"team": _team(team)}),
    }


def group_values_as_csv(ruleset: RuleSet, phase: Phase, team: TeamReading) -> str:
    """Every value of every group as a table for other programs; a level that is not told has no code."""
    rows = [
        (
            item.code,
            item.ask[phase],
            group_words(sheet),
            str(value.answer) if value.answer in item.order else "",
            value_words(ruleset, item.code, value, is_consensus=not sheet.roles),
            "" if not sheet.roles else "yes" if value.apart else "no",
            "" if value.left_open is None else str(value.left_open),
            "" if value.asked is None else str(value.asked),
        )
        for item in ruleset.instrument.asked(phase)
        for sheet in team.sheets
        if (value := sheet.values.get(item.code)) is not None
    ]
    return as_csv([VALUES_HEAD, *rows])


def answers_as_yaml(service: str, answers: Answers) -> str:
    """Answers in the shape that `readiness assess` reads; the name in quotes, so that no YAML reader mistakes it."""
    content = {
        "phase": answers.phase.value,
        "answers": {item: str(answer) for item, answer in answers.given.items()},
        **({"gaps": _gaps(answers)} if answers.gaps else {}),
    }
    return f"service: {json.dumps(service, ensure_ascii=False)}\n" + yaml.safe_dump(content, sort_keys=False)


def _gaps(answers: Answers) -> Data:
    """Option steps between the sheets of a team, by item."""
    return {item_of(subject): steps_of(level) for subject, level in answers.gaps.items()}


def _number(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


def _range(span: Range | None) -> Data | None:
    return None if span is None else {"best": _number(span.best), "worst": _number(span.worst)}


def _settles(settles: Settles | None) -> Data | None:
    return None if settles is None else {"item": settles.item, "points": _number(settles.points)}


def _domain(result: DomainResult) -> Data:
    return {
        "id": result.domain.code,
        "title": result.domain.title,
        "risk": _number(result.rated.risk),
        "mean_risk": _number(result.rated.mean_risk),
        "range": _range(result.range),
        "band": result.band.value if result.band else None,
        "certainty": result.certainty.value,
        "decided_by": list(result.decided_by),
        "bounded_by": list(result.rated.bounded_by),
        "settles": _settles(result.settles),
    }


def _construct(ruleset: RuleSet, result: ConstructResult) -> Data:
    rated = result.rated
    scoring = ruleset.scoring[result.construct.code]
    worth: Mapping[str, object] = {
        item.item: {
            "option": item.option,
            "rating": item.rating,
            "evidence": list(ruleset.item_scoring[item.item].worth[item.option].evidence),
        }
        for item in rated.items
    }
    rules = [
        {
            "id": rule.code,
            "held": outcome.truth,
            "shift": rule.shift,
            "at_least": rule.at_least,
            "evidence": list(rule.evidence),
        }
        for rule, outcome in zip(scoring.rules, rated.rules, strict=True)
    ]
    return {
        "id": result.construct.code,
        "title": result.construct.title,
        "domain": ruleset.domain_of[result.construct.code].code,
        "cfir2009": result.construct.cfir2009,
        "cfir2022": result.construct.cfir2022,
        "critical": result.construct.critical,
        "mean": _number(rated.mean),
        "shift": _number(rated.shift),
        "rating": _number(rated.rating),
        "risk": _number(rated.risk),
        "range": _range(result.range),
        "band": result.band.value if result.band else None,
        "certainty": result.certainty.value,
        "known": rated.known,
        "asked": rated.asked,
        "bounded_by": rated.bounded_by,
        "items": worth,
        "rules": rules,
        "settles": _settles(result.settles),
    }


def _recommendation(result: RecommendationResult) -> Data:
    recommendation = result.recommendation
    return {
        "id": recommendation.code,
        "title": recommendation.title,
        "priority": _number(result.priority),
        "phase": recommendation.phase.value,
        "effort": recommendation.effort.value,
        "status": recommendation.status.value,
        "gain": _gain(result.gain),
        "moves": {move.item: {"from": move.level, "to": move.to} for move in result.moves},
        "eases": {
            eased.construct: {"before": _number(eased.before), "after": _number(eased.after)} for eased in result.eases
        },
        "lifts_critical": list(result.lifts_critical),
        "evidence": list(recommendation.evidence),
    }


def _gain(gain: Gain) -> Data:
    changes = {
        change.domain: {"before": _number(change.before), "after": _number(change.after)} for change in gain.domains
    }
    return {"fall": _number(gain.fall), "domains": changes}


def _lever(lever: Lever) -> Data:
    return {"item": lever.move.item, "from": lever.move.level, "to": lever.move.to, "gain": _gain(lever.gain)}


def _team(team: TeamReading) -> Data:
    return {
        "minimum_group": team.k,
        "asked": team.is_asked,
        "groups": [_sheet(sheet) for sheet in team.sheets],
        "gaps": [_gap(gap) for gap in team.gaps],
        "comments": list(team.comments),
    }


def _sheet(sheet: GroupSheet) -> Data:
    """One group; a consensus sheet has no roles, and nobody is counted behind it."""
    values: Data = {
        item: {
            "answer": str(value.answer),
            "differs_within": value.apart,
            "left_open": value.left_open,
            "of_people": value.asked,
        }
        for item, value in sheet.values.items()
    }
    roles = [role.value for role in sheet.roles]
    return {"roles": roles, "consensus": not roles, "people": sheet.people if roles else None, "values": values}


def _gap(gap: Gap) -> Data:
    """One gap; `group` is the place in the list of groups, null for the manager."""
    voices = [{"group": voice.group, "level": voice.level} for voice in gap.voices]
    return {"item": gap.item, "steps": gap.steps, "voices": voices}
