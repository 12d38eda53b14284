"""What a commit's message says it takes back (semantics.md §2, Reverts).

git: `Revert "title"` and in the body `This reverts commit SHA.`, for a merge `…, reversing changes made to SHA.`; since
2.43 a revert of a revert is `Reapply "title"`. Hosts: `Revert "title" (#12)`, often without a sha, the body
`Reverts owner/repository#11`. Conventional Commits: `revert: title`.
"""

import re
from dataclasses import dataclass

from pilab_desktop.domain.commit import Commit
from pilab_desktop.drift.pull_requests import numbers_in, without_number

_QUOTED = re.compile(
    r"(?:\S{1,80}\s+){0,3}?(?P<verb>revert(?:s|ed|ing)?|reapply|back ?out|restore)\b[:,]?\s*[\"“](?P<title>.+)[\"”]",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    r"(?:\S{1,80}\s+){0,3}?(?P<verb>revert(?:s|ed|ing)?|reapply|back ?out)"
    r"(?:\([^)\n]*\))?!?(?P<colon>:)?\s+(?P<title>\S.*)",
    re.IGNORECASE,
)
_SHA = r"[0-9a-f]{7,40}\b"
_IN_BODY = re.compile(rf"\breverts\s+commits?\s+(?P<shas>{_SHA}(?:(?:\s*,|\s+and|,\s*and)\s+{_SHA})*)", re.IGNORECASE)
_AT_START = re.compile(r"(?:this\s+)?reverts\s+commits?\s", re.IGNORECASE)
_SHAS = re.compile(_SHA)
_NUMBERS = re.compile(
    r"\brevert(?:s|ed)?\s+(?:[\w.-]+/[\w./-]+)?[#!](\d{1,9})((?:\s*(?:,|and)\s*#\d{1,9})*)", re.IGNORECASE
)
_DIGITS = re.compile(r"\d+")
_LONGEST_SUBJECT = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RevertClaim:
    """What a revert names: commits by (short) sha, a title, pull requests by number.

    `title` is in the original's words, without the numbers at its end; those are among `numbers`. `quoted` says that
    the title stood in quotation marks, as git and the hosts write it. `reapplies` says that it is the title of what is
    brought back, so that what is taken back is *its revert*. `in_passing` says that only the body speaks of it, among
    other things: only a revert that undoes the commit line for line is believed then.
    """

    shas: tuple[str, ...] = ()
    title: str | None = None
    quoted: bool = False
    reapplies: bool = False
    numbers: tuple[int, ...] = ()
    in_passing: bool = False


def revert_claim(commit: Commit) -> RevertClaim | None:
    """What the commit says it takes back; None where it says nothing of the kind.

    A sha in the body counts where the subject speaks of a revert, or the body begins with it. Elsewhere it counts in
    passing: the body of a squash lists what went on inside a pull request, reverts of its own commits among it.
    """
    message = commit.message
    lower = message[:_LONGEST_SUBJECT].lower()
    if not any(word in lower for word in ("revert", "reapply", "back out", "backout", "restore")):
        return None
    subject, body = commit.subject[:_LONGEST_SUBJECT].strip(), commit.body
    quoted = _QUOTED.match(subject)
    plain = None if quoted else _PLAIN.match(subject)
    starts = _AT_START.match(body)
    shas = _shas(body) if quoted or starts else ()
    numbers = _numbers(subject if plain else "", body if quoted or plain else "")
    found = quoted or plain
    if found is None:
        named = shas or _shas(body)
        return RevertClaim(shas=named, in_passing=not shas) if named else None
    if quoted and quoted["verb"].lower() == "restore" and not shas:
        return None
    if plain and not (shas or numbers or plain["colon"]):
        return None
    return RevertClaim(
        shas=shas,
        title=without_number(found["title"]),
        quoted=quoted is not None,
        reapplies=found["verb"].lower() == "reapply",
        numbers=(numbers_in(found["title"]) if quoted else ()) or numbers,
    )


def _shas(body: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(sha for found in _IN_BODY.finditer(body) for sha in _SHAS.findall(found["shas"].lower()))
    )


def _numbers(*texts: str) -> tuple[int, ...]:
    found = (match for text in texts for match in _NUMBERS.finditer(text))
    return tuple(dict.fromkeys(int(n) for match in found for n in (match[1], *_DIGITS.findall(match[2]))))
