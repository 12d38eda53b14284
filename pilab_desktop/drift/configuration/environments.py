"""How files and folders name environments: by slug ("pre-prod") or by what the stage is usually called ("staging")."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pilab_desktop.domain.environment import Stage
from pilab_desktop.domain.project import slug_of
from pilab_desktop.drift.pair import EnvironmentName

ALIASES: dict[Stage, tuple[str, ...]] = {
    Stage.PROD: ("prod", "production", "prd", "live"),
    Stage.PRE_PROD: ("preprod", "pre-prod", "preproduction", "pre-production", "staging", "stage", "stg"),
    Stage.UAT: ("uat", "acceptance", "acc"),
    Stage.SIT: ("sit", "integration", "int", "qa", "test", "testing"),
    Stage.DEV: ("dev", "development", "develop", "local"),
    Stage.PERF: ("perf", "performance", "loadtest"),
    Stage.SEC: ("sec", "security", "pentest"),
    Stage.DR: ("dr", "disaster-recovery"),
}
"""What files call an environment of each stage, the likeliest first."""

_UNMISTAKABLE = frozenset(
    {"prod", "production", "prd", "preprod", "pre-prod", "preproduction", "staging", "stg", "uat", "qa", "sit"}
    | {"dev", "development"}
)
_ALL = frozenset(alias for aliases in ALIASES.values() for alias in aliases)
# A slug made from a branch, tag or sha names no environment, whatever stage was put on it to fill the field.
_A_REF = re.compile(
    r"(?:v|r|rel|release|version|hotfix|feature|fix|bugfix)?-?\d+(?:-[a-z0-9]+)+|v\d+|(?=[a-f]*\d)[0-9a-f]{7,40}"
    r"|(?:release|hotfix|feature|fix|bugfix)-.+|.+-v?\d+-\d+-\d+(?:-[a-z0-9]+)*|main|master|trunk|head"
)
_NUMBERED = re.compile(r"(.+?)-?\d+")


@dataclass(frozen=True, slots=True)
class EnvironmentWords:
    """What may stand for an environment in a path, given the two ends of a comparison."""

    slugs: frozenset[str]

    @classmethod
    def of(cls, ends: Iterable[EnvironmentName]) -> "EnvironmentWords":
        """The stages' usual names and the ends' slugs."""
        return cls(frozenset(end.slug for end in ends if not _is_ref(end)))

    def token(self, text: str) -> str | None:
        """The environment that a word of a path names, as a slug; None where it names none. `prod-2` is `prod`
        unless an end is called so: a numbered file is one of several layers."""
        slug = slug_of(text)
        if slug in self.slugs or slug in _ALL:
            return slug
        numbered = _NUMBERED.fullmatch(slug)
        return numbered[1] if numbered and (numbered[1] in self.slugs or numbered[1] in _ALL) else None

    def unmistakable(self, text: str) -> str | None:
        """The same, but only for words that mean an environment wherever they stand ("test" and "local" do not)."""
        token = self.token(text)
        return token if token in _UNMISTAKABLE or (token in self.slugs and token not in _ALL) else None


def chosen(tokens: Iterable[str], end: EnvironmentName) -> str | None:
    """Which of the environments that files name is this end: the one with its slug, else the likeliest of its stage."""
    names = set(tokens)
    if _is_ref(end) or end.stage is None:
        return None
    if end.slug in names:
        return end.slug
    return next((alias for alias in ALIASES[end.stage] if alias in names), None)


def _is_ref(end: EnvironmentName) -> bool:
    return end.stage is None or _A_REF.fullmatch(end.slug) is not None
