"""What counts as a secret when nobody marked it as one: names and values that give themselves away.

Used wherever text from a repository could reach a report, a log or a screen (semantics.md §4, security.md, Secrets).
Both questions prefer a hidden harmless value to a shown secret.
"""

import re

_WORD = re.compile(r"[A-Z]+[0-9]*(?![a-z])|[A-Z]?[a-z]+[0-9]*|[0-9]+")

_SECRET_PARTS = ("password", "passwd", "passphrase", "secret", "credential", "apikey", "privatekey", "accesskey")
_SECRET_ENDINGS = ("token", "tokens", "pass", "pwd", "pw", "salt", "authkey", "sshkey", "signingkey", "encryptionkey")
_SECRET_PHRASES = (
    *("private_key", "api_key", "access_key", "auth_key", "signing_key", "encryption_key", "master_key", "ssh_key"),
    *("shared_key", "account_key", "license_key", "deploy_key", "encrypt_key", "hmac_key", "webhook_key", "api_keys"),
)
# "tokenTTL" tells how long, "secretName" tells where: the last word says that the value is about a secret, not one.
_ABOUT_A_SECRET = re.compile(
    r"ttl|expir(?:y|ation|es)|seconds|minutes|hours|days|lifetime|duration|timeout|age|interval|rotation|grace"
    r"|length|len|size|count|limit|max|min|budget|usage|enabled?|disabled|required|create|mount"
    r"|names?|refs?|paths?|file|dir|directory|url|uri|endpoint|host|namespace|provider|store|class"
    r"|type|algorithm|alg|issuer|audience|header|prefix|suffix|version|policy|annotations|labels|kind|format|mode|scopes?"
)
_ABOUT_FROM_THE_START = frozenset({"existing", "max", "min", "num", "has", "is", "use", "require", "create"})

_SECRET_VALUE = re.compile(
    r"""
      [A-Za-z][A-Za-z0-9+.-]*://[^\s/:@]*:[^\s@/$<{][^\s@]*@       # a URL with a password
    | -----BEGIN[ ][A-Z0-9 ]*PRIVATE[ ]KEY
    | (?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])     # AWS
    | (?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9]{20}                    # GitHub
    | github_pat_[A-Za-z0-9_]{20}
    | (?<![A-Za-z0-9])gl(?:pat|dt|rt|ptt|cbt|soat)-[A-Za-z0-9_-]{16}   # GitLab
    | (?<![A-Za-z0-9])ATATT[A-Za-z0-9_=-]{20}                      # Atlassian
    | (?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{8}                 # Slack
    | hooks\.slack\.com/(?:services|workflows)/\S
    | (?<![A-Za-z0-9])(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{8}    # Stripe
    | (?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{20}                         # OpenAI and those like it
    | (?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{30}                        # Google
    | (?<![A-Za-z0-9])(?:npm_|dckr_pat_|hvs\.|SG\.|pypi-)[A-Za-z0-9_.-]{16}
    | (?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.    # a JSON web token
    | (?i:\b(?:bearer|basic)\s+[A-Za-z0-9+/_=.-]{12})
    | (?i:[A-Za-z0-9_.-]*(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|account[_-]?key)
        ["']?\s*[:=]\s*["']?[^\s"'${<,;&}])                        # "Password=…;" inside a longer text
    """,
    re.VERBOSE,
)
_HINTS = re.compile(
    r"://|-----BEGIN|A[KS]IA|gh[pousr]_|github_pat_|gl[a-z]+-|ATATT|xox|slack\.com|_live_|_test_|sk-|AIza|npm_|dckr_"
    r"|hvs\.|SG\.|pypi-|eyJ|[=:]|(?i:bearer|basic)"
)
_REFERENCE = re.compile(r"\$\{[A-Za-z_][\w.]*(?::?-)?\}|\$\([A-Za-z_]\w*\)|\{\{[^\"'`{}]*\}\}")


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in lower case, however they are joined: `redisUrl`, `REDIS_URL` and `redis-url` agree."""
    return tuple(word.lower() for word in _WORD.findall(name))


def is_secret_name(name: str) -> bool:
    """Whether what bears this name is to be kept hidden (`DB_PASSWORD`, `apiKey`, `stripe.secret`).

    `tokenTTL` and `existingSecret` are about a secret and hold none.
    """
    words = [word.rstrip("0123456789") for word in words_of(name)]
    if not words or _ABOUT_A_SECRET.fullmatch(words[-1]) or words[0] in _ABOUT_FROM_THE_START:
        return False
    joined, phrase = "".join(words), "_".join(words)
    return (
        words[-1] == "auth"
        or any(part in joined for part in _SECRET_PARTS)
        or any(word.endswith(("token", "tokens")) or word in _SECRET_ENDINGS for word in words)
        or any(part in phrase for part in _SECRET_PHRASES)
    )


def looks_secret(value: str) -> bool:
    """Whether a text holds a credential, whatever its name: a URL with a password, a private key, a known token."""
    return _HINTS.search(value) is not None and _SECRET_VALUE.search(value) is not None


def is_reference(value: str) -> bool:
    """Whether a text only says where the value comes from: `${NAME}`, `$(NAME)`, `{{ … }}` without a literal."""
    return _REFERENCE.fullmatch(value.strip()) is not None
