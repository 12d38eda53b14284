"""The sentences for what git can meet, each with what to do next."""

import re

NO_GIT = (
    "git was not found on this machine; install it (Debian and Ubuntu: apt install git; macOS: xcode-select --install; "
    "Windows: https://git-scm.com) and try again."
)

_CREDENTIAL = re.compile(r"(?<=://)[^/@\s]+@")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_MISSING_OBJECT = re.compile(
    r"promisor remote|unable to read|missing blob|missing tree|bad object|could not (get|read|parse)|unable to find"
    r"|corrupt|inflate|does not match|cannot read|bad tree|Could not read|lazy fetching|hash mismatch|unpack"
)


def git_said(stderr: str) -> str:
    """git's own first complaint (later ones follow from it), on one line, without credentials; "" for none."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    complaints = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines[-1:]
    if not complaints:
        return ""
    text = complaints[0].removeprefix("fatal:").removeprefix("error:").strip()
    return _UNPRINTABLE.sub(" ", without_credentials(text))[:300].rstrip(". ")


def without_credentials(text: str) -> str:
    """The text without what stands before @ in a URL (a person's insteadOf may put it there)."""
    return _CREDENTIAL.sub("", text)


def reading_failed(what: str, stderr: str, code: int) -> str:
    """Why a git that was reading ended early, and how to mend it."""
    if _MISSING_OBJECT.search(stderr):
        return (
            f"{what} could not be read to the end because objects are missing or damaged ({git_said(stderr)}); "
            "run “git fsck” there, or clone it whole, without --filter."
        )
    said = git_said(stderr) or (f"signal {-code}" if code < 0 else f"exit code {code}")
    return f"{what} could not be read to the end because git stopped early ({said}); analyse again."
