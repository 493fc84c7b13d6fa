"""A change between two waves as plain data: what the download holds. Pure."""

from collections.abc import Sequence
from dataclasses import asdict

from readiness.engine.change import Change, Moved, Standing
from readiness.engine.ruleset import Identity
from readiness.report.data import DIGITS, Data


def change_as_data(found: Change, days: Sequence[str]) -> Data:
    """The whole change; `days` are those of both waves. Risks 0..100 and ratings are rounded to three decimals."""
    return {
        "before": _wave(found.old, found.before.value, days[0]),
        "after": _wave(found.new, found.after.value, days[1]),
        "rated_by": found.new.digest if found.is_comparable else None,
        "comparable": found.is_comparable,
        "domains": [_moved(each.domain) for each in found.domains],
        "constructs": [_moved(each) for each in found.constructs],
        "answers": [
            {
                "item": each.item,
                "before": str(each.before),
                "after": str(each.after),
                "turn": each.turn.value,
                "points": round(each.points, DIGITS),
            }
            for each in found.answers
        ],
        "gaps": [asdict(each) for each in found.gaps],
        "only_before": list(found.only_before),
        "only_after": list(found.only_after),
        "lost": [
            {"item": each.item, "answer": str(each.answer), "reason": each.reason.value} for each in found.carried.lost
        ],
        "reworded": [
            {"item": each.item, "answer": str(each.answer), "before": asdict(each.before), "after": asdict(each.after)}
            for each in found.carried.reworded
        ],
        "added": list(found.carried.added),
    }


def _wave(ruleset: Identity, phase: str, day: str) -> Data:
    version = {"id": ruleset.id, "version": ruleset.version, "digest": ruleset.digest, "logic": ruleset.logic}
    return {"day": day, "phase": phase, "ruleset": version}


def _moved(moved: Moved) -> Data:
    return {
        "id": moved.code,
        "before": _standing(moved.before),
        "after": _standing(moved.after),
        "course": moved.course.value,
        "settled": moved.is_settled,
        "unlike": list(moved.unlike),
    }


def _standing(standing: Standing) -> Data:
    span = standing.range
    return {
        "risk": None if standing.risk is None else round(standing.risk, DIGITS),
        "range": None if span is None else {"best": round(span.best, DIGITS), "worst": round(span.worst, DIGITS)},
        "band": standing.band.value if standing.band else None,
        "certainty": standing.certainty.value,
    }
