"""Which addresses are let through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilab_desktop.domain.errors import InvalidInputError
from pilab_desktop.integrations.local_git.urls import Transport, parse_address


@pytest.mark.parametrize(
    ("text", "transport"),
    [
        ("https://github.com/akuity/kargo.git", Transport.HTTPS),
        ("HTTPS://host:8443/x", Transport.HTTPS),
        ("ssh://git@host:2222/x.git", Transport.SSH),
        ("git@github.com:akuity/kargo.git", Transport.SSH),
        ("build-host:repos/x", Transport.SSH),
        ("file:///srv/git/x.git", Transport.FILE),
        ("/srv/git/x", Transport.FOLDER),
        ("./x:y", Transport.FOLDER),
        ("C:\\work\\repo", Transport.FOLDER),
        ("relative", Transport.FOLDER),
        ("~/repo", Transport.FOLDER),
    ],
)
def test_allowed(text: str, transport: Transport) -> None:
    assert parse_address(text).transport is transport


@pytest.mark.parametrize(
    "text",
    ["", "  ", "ext::sh -c touch% /tmp/x", "EXT::x", "fd::17", "http://host/x", "http://localhost/x", "git://host/x",
     "ftp://host/x", "javascript://x/y", "--upload-pack=touch x", "-x", "ssh://-oProxyCommand=x/y", "ssh://git@-x/y",
     "-oProxyCommand=x:y", "git@-x:y", "git@host:-y", "https://", "https://host", "https:///x", "file://", "a\nb",
     "https://host/x\n", "file://\0"],
)  # fmt: skip
def test_refused(text: str) -> None:
    if text.endswith("\n"):
        assert parse_address(text).url == "https://host/x"  # blanks around an address are a slip of the clipboard
        return
    with pytest.raises(InvalidInputError):
        parse_address(text)


@given(
    user=st.text("abcXYZ09_-.~", min_size=1, max_size=20),
    secret=st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=12, max_size=40),
    scheme=st.sampled_from(["https", "ssh", "http", "HTTPS"]),
)
def test_a_credential_is_refused_and_not_repeated(user: str, secret: str, scheme: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_address(f"{scheme}://{user}:{secret}@host/x")
    assert secret not in caught.value.sentence


def test_a_token_in_the_place_of_the_user_is_refused_for_https() -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_address("https://ghp_0123456789abcdef@github.com/x/y")
    assert "ghp_" not in caught.value.sentence


def test_two_spellings_are_one_address() -> None:
    assert parse_address("HTTPS://host/x/") == parse_address("https://host/x")
