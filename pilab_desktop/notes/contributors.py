"""Who made a release."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from pilab_desktop.domain.markdown_text import one_line
from pilab_desktop.notes.commits import Person

_BOT = re.compile(
    r"\[bot\]|(?:^|[-_ ])bot$"
    r"|^(?:renovate|dependabot|github[ -]actions?|greenkeeper|snyk|semantic-release|pre-commit-ci)\b",
    re.IGNORECASE,
)


def contributors_of(people: Iterable[Person]) -> tuple[str, ...]:
    """Their names, sorted; people with one e-mail address once, by the name they use most; programs left out."""
    names: dict[str, Counter[str]] = defaultdict(Counter)
    for person in people:
        name = one_line(person.name)
        if name and not is_bot(person):
            names[person.email.strip().lower() or name][name] += 1
    chosen = {min(used, key=lambda name: (-used[name], name)) for used in names.values()}
    return tuple(sorted(chosen, key=lambda name: (name.casefold(), name)))


def is_bot(person: Person) -> bool:
    """Whether a program writes under this name."""
    return bool(_BOT.search(person.name) or "[bot]@" in person.email.lower())
