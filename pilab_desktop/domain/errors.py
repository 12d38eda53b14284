"""What a person can cause or meet, each with one sentence. Anything else that is raised is a bug.

The sentence says what happened, what was kept where something could have been lost, and what to do next.
"""


class PilabError(Exception):
    """An expected failure. `sentence` is shown as it is; it never holds a secret."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class InvalidInputError(PilabError):
    """What was given cannot be used: a malformed value, a broken file, an unknown option."""


class NotFoundError(PilabError):
    """A name that nothing here bears. `near` are the names that look like it."""

    def __init__(self, sentence: str, near: tuple[str, ...] = ()) -> None:
        if near:
            sentence = f"{sentence} Did you mean {_either(near)}?"
        super().__init__(sentence)
        self.near = near


class DuplicateError(PilabError):
    """A name that is taken. `field` is the field of the form that holds it."""

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.field = field


class ConflictError(PilabError):
    """Someone else changed the row first. Both sides are kept for the person to choose from."""

    def __init__(self, sentence: str, *, mine: object, theirs: object) -> None:
        super().__init__(sentence)
        self.mine = mine
        self.theirs = theirs


class NotPermittedError(PilabError):
    """The person's role does not allow it."""


class UnreachableError(PilabError):
    """A system that is needed did not answer: a host, a database, a network."""


class RepositoryError(PilabError):
    """The repository cannot give a truthful answer: not a repository, shallow, empty, damaged."""


class StateError(PilabError):
    """The workspace's own file or database: locked, full, newer than this application, damaged."""


class StateNewerError(StateError):
    """The schema is newer than this application; it may be read, never written."""


class MissingToolError(PilabError):
    """A program that has to be on the machine is not."""


class CancelledError(PilabError):
    """The person stopped it. Nothing that was saved before is lost."""

    def __init__(self, sentence: str = "Cancelled; what was saved before is kept.") -> None:
        super().__init__(sentence)


def _either(names: tuple[str, ...]) -> str:
    quoted = [f"“{name}”" for name in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1]
