"""Which commits name a ticket, below a commit and a path."""

from collections.abc import Callable
from typing import Any

from pilab_desktop.integrations.local_git.reader import LocalReader


def test_commits_that_hold_a_word_are_found_with_their_whole_message(
    repo: Any, open_reader: Callable[..., LocalReader]
) -> None:
    repo.write("api/a.txt", "1")
    first = repo.commit("PAY-1: begin\n\nand more about it")
    repo.write("web/b.txt", "1")
    second = repo.commit("web: also PAY-1")
    repo.write("web/c.txt", "1")
    repo.commit("nothing to see, PAY.1")
    reader = open_reader(repo.path)
    tip = repo.head
    found = reader.mentions(tip, ["PAY-1", "PAY-9"], path="")
    assert dict(found) == {second: "web: also PAY-1", first: "PAY-1: begin\n\nand more about it"}
    assert list(reader.mentions(tip, ["PAY-1"], path="api")) == [first]
    assert list(reader.mentions(first, ["PAY-1"], path="")) == [first]
    assert reader.mentions(tip, ["PAY-9"], path="") == {}
    assert reader.mentions(tip, [], path="") == {}
