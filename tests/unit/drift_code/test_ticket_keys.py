"""A ticket key is a word of its own; what only looks like one is not linked (semantics.md §2)."""

import pytest

from pilab_desktop.domain.project import ProjectSettings
from pilab_desktop.drift.ticket_keys import NearMiss, TicketKeys, slips_of

ANY = TicketKeys(ProjectSettings())
LISTED = TicketKeys(ProjectSettings(ticket_prefixes=("KAFKA", "my_p-")))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("ABC-12: do it", ("ABC-12",)),
        ("[ABC-12] (DEF-3), XY_Z-9.", ("ABC-12", "DEF-3", "XY_Z-9")),
        ("ABC-12/ABC-13 together", ("ABC-12", "ABC-13")),
        ("fix\n\nFixes: ABC-4\nRefs: ABC-5,ABC-6", ("ABC-4", "ABC-5", "ABC-6")),
        ("ABC-1 ABC-1", ("ABC-1",)),
        ("ABC-12.Then more", ("ABC-12",)),
        ("https://jira.example.com/browse/ABC-9 http://x.y/?k=ABC-7", ()),
        ("docs/ABC-9 ABC-9/readme ABC-9.txt ABC-9.5", ()),
        ("1ABC-9 xABC-9 ABC-9a ABC-9_x ABC-9-fix a-ABC-9 .ABC-9", ()),
        ("ABC-0 ABC-012 A-1 abc-1 ABC- ABC", ()),
        ("#12 GH-12 PR-12 issue #9", ()),
    ],
)
def test_keys_in_text(text: str, keys: tuple[str, ...]) -> None:
    assert ANY.in_text(text) == keys


WELL_KNOWN = """
UTF-8 SHA-1 SHA-256 ISO-8601 ISO-8859-1 RFC-7231 CVE-2024-1234 GHSA-9999-8888-7777 KIP-500 JEP-401 PEP-8 TLS-1
HTTP-2 AES-256 MD-5 X509-3 BASE-64 UTC-5 OCT-12 DEC-2024 GPT-5 GPL-2 AGPL-3 X86-64 WIN-32 AMD-64 IPV-4 OAUTH-2
SOC-2 PCI-3 MPEG-2 CWE-79 RS-256 HS-512 INT-64 JDK-17 PYTHON-3 ES-2015 Q3-2025 FY-2026 CI-4 ADR-12 V2-1
"""


@pytest.mark.parametrize("text", WELL_KNOWN.split())
def test_well_known_words_are_no_tickets(text: str) -> None:
    assert ANY.in_text(f"use {text} here") == ()


@pytest.mark.parametrize("key", ["JDK-8301234", "INT-1249", "KAFKA-1", "SPR-12771", "LFE-11067", "JAVA-1234"])
def test_keys_of_real_trackers_are_tickets(key: str) -> None:
    assert ANY.in_text(key) == (key,)


def test_a_list_of_prefixes_decides_alone() -> None:
    assert LISTED.in_text("KAFKA-1 ABC-2 UTF-8 MY_P-3 KAFKAX-4") == ("KAFKA-1", "MY_P-3")
    assert TicketKeys(ProjectSettings(ticket_prefixes=("UTF",))).in_text("UTF-8") == ("UTF-8",)


def test_a_bad_list_finds_nothing_and_says_so() -> None:
    keys = TicketKeys(ProjectSettings(ticket_prefixes=("not a prefix!",)))
    assert keys.in_text("ABC-1") == ()
    assert [problem.message for problem in keys.problems] == [
        "“NOT A PREFIX!” can be no ticket prefix, so no ticket was looked for by it;"
        " correct the project's ticket prefixes."
    ]


@pytest.mark.parametrize(
    ("branch", "keys"),
    [
        ("feature/ABC-12-title", ("ABC-12",)),
        ("ABC-12_title", ("ABC-12",)),
        ("ada/ABC-12/DEF-3", ("ABC-12", "DEF-3")),
        ("FEATURE_ABC-12", ("ABC-12",)),
        ("feature_ABC-12", ("ABC-12",)),
        ("release-1.2", ()),
        ("RELEASE-2024", ()),
        ("renovate/foo-7.x", ()),
        ("feature/abc-12", ()),
        ("bump-ABC-12.5", ()),
    ],
)
def test_keys_in_branches(branch: str, keys: tuple[str, ...]) -> None:
    assert ANY.in_branch(branch) == keys


@pytest.mark.parametrize(("written", "meant"), [("PYA-138", "PAY-138"), ("APY-1", "PAY-1"), ("pay-2", "PAY-2")])
def test_swapped_letters_of_a_short_prefix_are_a_near_miss(written: str, meant: str) -> None:
    assert list(LISTED.near_misses(written, [], frozenset({"PAY"}))) == [NearMiss(written, meant)]


@pytest.mark.parametrize("word", ["DAY-1", "PA-1", "SHA-256"])
def test_other_short_words_are_none(word: str) -> None:
    assert list(LISTED.near_misses(word, [], frozenset({"PAY", "SAH"}))) == []


@pytest.mark.parametrize(
    ("uses", "slips"),
    [
        ({"KAFKA": 100, "KAKFA": 1, "KAFK": 2, "MINOR": 1}, {"KAKFA", "KAFK"}),
        ({"PAY": 40, "PYA": 2, "DAY": 1}, {"PYA"}),
        ({"CORE": 100, "CODE": 1}, set()),
        ({"KAFKA": 19, "KAKFA": 1}, set()),
        ({}, set()),
    ],
)
def test_rare_slips_of_a_common_prefix(uses: dict[str, int], slips: set[str]) -> None:
    assert slips_of(uses) == slips


def test_near_misses_are_offered() -> None:
    known = frozenset({"KAFKA"})
    found = list(LISTED.near_misses("kafka-12 KAKFA-1 KAFK-2 KAFKA-3 SPARK-4", ["feature/kafka-9-x"], known))
    assert found == [
        NearMiss("kafka-12", "KAFKA-12"),
        NearMiss("KAKFA-1", "KAFKA-1"),
        NearMiss("KAFK-2", "KAFKA-2"),
        NearMiss("kafka-9", "KAFKA-9"),
    ]
