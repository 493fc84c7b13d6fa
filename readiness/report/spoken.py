"""Fixed wording, written in English and spoken in the language of whoever reads: single phrases and tables of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from readiness.language import gettext

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase; `%(name)s` in it takes a value, `%%` is a percent sign."""

    message: str

    def format(self, **values: object) -> str:
        """The phrase with its values, in the language being spoken."""
        return gettext(self.message, **values)

    def __str__(self) -> str:
        return gettext(self.message)


class Table(Mapping[K, str], Generic[K]):
    """Words by what they stand for; read in the language being spoken."""

    def __init__(self, messages: Mapping[K, str]) -> None:
        self._messages = messages

    def __getitem__(self, key: K) -> str:
        return gettext(self._messages[key])

    def __iter__(self) -> Iterator[K]:
        return iter(self._messages)

    def __len__(self) -> int:
        return len(self._messages)
