"""What every git child is told by its environment and its leading arguments, so that the same repository reads the same
on every machine (semantics.md §2; security.md, Secrets).
"""

import os
from collections.abc import Mapping

# What a person's machine may need to reach a host, to trust a folder or to find git's own programs. Everything else
# that begins with GIT_ (GIT_DIR of a hook that runs us, GIT_EXTERNAL_DIFF, GIT_TRACE, …) would bend the answers.
_KEPT = frozenset(
    {
        "GIT_ASKPASS",
        "GIT_CONFIG_COUNT",
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_CONFIG_PARAMETERS",
        "GIT_CONFIG_SYSTEM",
        "GIT_EXEC_PATH",
        "GIT_PROXY_COMMAND",
        "GIT_PROXY_SSL_CAINFO",
        "GIT_PROXY_SSL_CERT",
        "GIT_PROXY_SSL_KEY",
        "GIT_SSH",
        "GIT_SSH_COMMAND",
        "GIT_SSH_VARIANT",
        "GIT_SSL_CAINFO",
        "GIT_SSL_CAPATH",
        "GIT_SSL_CERT",
        "GIT_SSL_KEY",
        "GIT_SSL_NO_VERIFY",
        "GIT_TEMPLATE_DIR",
    }
)
_KEPT_PREFIXES = ("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_", "GIT_HTTP_")

LEADING_ARGUMENTS = (
    "--no-pager",
    "--literal-pathspecs",  # a folder may be called "a*b"
    "-c",
    "safe.bareRepository=all",  # the person named the folder; ownership is still checked
)


def git_environment(*, protocols: tuple[str, ...] = (), base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a git child that may talk over these protocols; over none where it only reads.

    Reading never asks, never fetches what a partial clone lacks, and sees neither replaced nor grafted commits.
    """
    environment = {
        name: value
        for name, value in (os.environ if base is None else base).items()
        if not name.startswith("GIT_") or name in _KEPT or name.startswith(_KEPT_PREFIXES)
    }
    environment |= {
        "GIT_ALLOW_PROTOCOL": ":".join(protocols),
        "GIT_PROTOCOL_FROM_USER": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_GRAFT_FILE": os.devnull,
        "LC_ALL": "C",
        "LANGUAGE": "C",
    }
    return environment
