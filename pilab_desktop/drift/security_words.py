"""Whether a commit speaks of a security fix (semantics.md §3): ids of advisories, and words as whole words."""

import re

_ADVISORY = re.compile(r"\b(?:CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3})\b", re.IGNORECASE)
_ATTACK = (
    r"vulnerabilit(?:y|ies)|exploit(?:s|ed|able)?|xss|csrf|ssrf|authentication\s+bypass|auth\s+bypass"
    r"|(?:sql|command|code)\s+injections?"
)
# A word of its own: `step-security/harden-runner`, `security.md` and `@org/xss` are names of things.
_BEFORE = r"(?<![\w./@-])"
_AFTER = r"(?![\w/@]|\.\w|-\w+/)"
_DESCRIBED = re.compile(rf"{_BEFORE}(?:{_ATTACK}){_AFTER}", re.IGNORECASE)
_WORD = re.compile(
    rf"{_BEFORE}(?:(?P<plain>security|{_ATTACK})|(?P<injection>(?:(?P<what>[\w-]{{1,40}})\s+)?injections?))"
    rf"(?!\s+(?:container|framework|mode|option|order|point|scope|token)s?\b){_AFTER}",
    re.IGNORECASE,
)
# "Security context" is a Kubernetes field, a "security page" a text, a "vulnerability scanner" a tool: the words name a
# thing there, not a hole.
_NAMES_A_THING = re.compile(
    r"\bsecurity[\s-]?(?:contexts?|groups?|pages?|guides?|docs|documentation|badges?|scorecards?|best[\s-]practices)\b"
    r"|\b(?:security|vulnerability)[\s-]?scan(?:s|ners?|ning)?\b|\bspring\s+security\b",
    re.IGNORECASE,
)
_HARMLESS = """
agent annotation bean build ci client config configuration constructor context credential dep dependencies dependency
env environment failure fault field function functions html import label latency method module nonce parameter plugin
polyfill preamble property provider runtime schedule scheduler script secret secrets semicolon service setter sidecar
style styles tag tags token type variable variables version webhook
"""
_HARMLESS_INJECTIONS = frozenset(_HARMLESS.split())
_HINTS = ("secur", "vulnerab", "exploit", "xss", "csrf", "ssrf", "inject", "bypass")


def names_advisory(text: str) -> bool:
    """Whether a CVE or GHSA id stands in it."""
    return ("-" in text) and _ADVISORY.search(text) is not None


def describes_attack(text: str) -> bool:
    """Whether a body names a hole or an attack. The bare words security and injection say too little there."""
    lower = text.lower()
    return any(hint in lower for hint in _HINTS) and _DESCRIBED.search(_NAMES_A_THING.sub(" ", text)) is not None


def speaks_of_security(line: str) -> bool:
    """Whether a subject or title holds one of the words. `author` is none of them; neither is dependency injection."""
    lower = line.lower()
    if not any(hint in lower for hint in _HINTS):
        return False
    line = _NAMES_A_THING.sub(" ", line)
    return any(
        match["plain"] is not None or (match["what"] or "").lower() not in _HARMLESS_INJECTIONS
        for match in _WORD.finditer(line)
    )
