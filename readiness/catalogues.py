"""Catalogues of the interface > lines: how much of each language is translated, and what in it cannot be shown."""

import sys
from collections.abc import Iterator
from pathlib import Path

from readiness.errors import ReadinessError
from readiness.language import LOCALE, available, faults, read_catalogue


def said(folder: Path) -> Iterator[tuple[str, bool]]:
    """Lines on every catalogue of a folder, each with whether it names a fault."""
    for language in available(folder).values():
        if language.catalogue is None:
            continue
        try:
            messages = [message for message in read_catalogue(language.catalogue) if message.id]
        except ReadinessError as error:
            yield str(error), True
            continue
        done = sum(any(message.string or "") and not message.fuzzy for message in messages)
        yield f"{language.code}: {done} of {len(messages)} sentences are translated", False
        for message in messages:
            original = message.id if isinstance(message.id, str) else message.id[0]
            for fault in faults(message):
                yield f"{language.catalogue}:{message.lineno or 0}: “{original[:60]}”: {fault}", True


def main() -> int:
    """Print the lines; the exit code is 1 when there is a fault."""
    lines = list(said(LOCALE))
    for line, _ in lines:
        print(line)
    return int(any(is_fault for _, is_fault in lines))


if __name__ == "__main__":
    sys.exit(main())
