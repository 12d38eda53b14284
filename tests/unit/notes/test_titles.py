"""What people read instead of a commit's subject."""

import pytest

from pilab_desktop.domain.conventional import parse
from pilab_desktop.notes.titles import clean_title

CASES = [
    ("feat(cart): add discount codes (#12)", (), "Add discount codes", ("12",)),
    ("fix!: handle nulls.", (), "Handle nulls", ()),
    ("PAY-1: fix rounding", ("PAY-1",), "Fix rounding", ()),
    ("[PAY-1] fix rounding", ("PAY-1",), "Fix rounding", ()),
    ("feat: PAY-1 refund many", ("PAY-1",), "Refund many", ()),
    ("PAY-1, PAY-2: close the day", ("PAY-1", "PAY-2"), "Close the day", ()),
    ("Close the day (PAY-1)", ("PAY-1",), "Close the day", ()),
    ("Follow up on PAY-1 for refunds", ("PAY-1",), "Follow up on PAY-1 for refunds", ()),
    ("UTF-8 names are kept", (), "UTF-8 names are kept", ()),
    ("✨ feat: sparkle", (), "Sparkle", ()),
    (":bug: fix the queue", (), "Fix the queue", ()),
    ("useFetch retries", (), "useFetch retries", ()),
    ("v2 of the protocol", (), "v2 of the protocol", ()),
    ("Backport it (#4) (#5)", (), "Backport it", ("4", "5")),
    ("Handle gone rows (fixes #9)", (), "Handle gone rows", ()),
    ("Wait for it...", (), "Wait for it...", ()),
    ("storage: keep the lock", (), "Storage: keep the lock", ()),
    ("PAY-1", ("PAY-1",), "PAY-1", ()),
    ("", (), "", ()),
]


@pytest.mark.parametrize(("subject", "tickets", "title", "numbers"), CASES)
def test_a_subject_becomes_a_sentence(
    subject: str, tickets: tuple[str, ...], title: str, numbers: tuple[str, ...]
) -> None:
    cleaned = clean_title(subject, parse(subject), tickets)
    assert (cleaned.text, cleaned.pull_requests) == (title, numbers)
