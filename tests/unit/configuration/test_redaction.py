"""What gives itself away as a secret, and what does not."""

import pytest

from pilab_desktop.domain.redaction import is_reference, is_secret_name, looks_secret, words_of


@pytest.mark.parametrize(
    "name",
    [
        "DB_PASSWORD",
        "dbPassword",
        "db-passwd",
        "password",
        "PASSWORD2",
        "JWT_SECRET",
        "clientSecret",
        "SECRET_KEY_BASE",
        "API_KEY",
        "apiKey",
        "stripeApiKey",
        "X_APIKEY",
        "GITHUB_TOKEN",
        "authtoken",
        "PRIVATE_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "DB_PASS",
        "REDIS_AUTH",
        "ENCRYPTION_KEY",
        "signing-key",
        "GOOGLE_CREDENTIALS",
        "DB_PWD",
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "tokenTTL",
        "secretName",
        "existingSecret",
        "PASSWORD_MIN_LENGTH",
        "maxTokens",
        "TOKEN_URL",
        "PWD_DIR",
        "HOST",
        "author",
        "authority",
        "bypass",
        "compass",
        "key",
        "public_key",
        "monkey",
        "keyboard",
        "SECRET_STORE_TYPE",
        "",
    ],
)
def test_names_of_other_things(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "value",
    [
        "postgres://user:hunter2@db/app",
        "redis://:hunter2@cache:6379",
        "AKIAIOSFODNN7EXAMPLE",
        f"ghp_{'a1' * 18}",
        f"glpat-{'a1' * 10}",
        f"github_pat_{'a1' * 12}",
        f"sk_live_{'a1' * 8}",
        f"sk-{'a1' * 12}",
        "xoxb-123456789012-abcdef",
        "https://hooks.slack.com/services/T0/B0/x",
        f"AIza{'a1' * 18}",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
        "-----BEGIN RSA PRIVATE KEY-----\nabc",
        "Bearer abcdefghijklmnop",
        "Server=db;User Id=sa;Password=hunter2;",
        "--db-password=hunter2",
        "a: 1\nclientSecret: hunter2\n",
    ],
)
def test_values_that_give_themselves_away(value: str) -> None:
    assert looks_secret(value)


@pytest.mark.parametrize(
    "value",
    [
        "postgres://db/app",
        "https://example.com:8080/a",
        "postgres://user:${DB_PASSWORD}@db/app",
        "true",
        "",
        "a=b",
        "arn:aws:s3:::bucket",
        "password: ${DB_PASSWORD}",
        "a long text about tokens and secrets",
        "basic auth",
    ],
)
def test_values_that_are_harmless(value: str) -> None:
    assert not looks_secret(value)


def test_words_are_the_same_however_they_are_joined() -> None:
    assert words_of("redisUrl") == words_of("REDIS_URL") == words_of("redis-url") == ("redis", "url")
    assert words_of("HTTPServerPort2") == ("http", "server", "port2")


def test_a_reference_says_only_where_the_value_is() -> None:
    assert is_reference("${DB_PASSWORD}")
    assert is_reference("${DB_PASSWORD:-}")
    assert is_reference("{{ .Values.db.password }}")
    assert not is_reference("${DB_PASSWORD:-hunter2}")
    assert not is_reference('{{ default "hunter2" .Values.x }}')
