"""Frozen data of the workbench > plain data for JSON: fields by name, what cannot be counted as null."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from math import isnan


def as_plain(value: object) -> object:
    """A value as JSON takes it. Keys of mappings become text; a number that is none becomes None."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [as_plain(part) for part in value]
    return None if isinstance(value, float) and isnan(value) else value
