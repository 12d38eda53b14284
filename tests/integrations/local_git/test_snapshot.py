"""The files at a commit."""

import os
import threading
from collections.abc import Callable
from typing import Any

import pytest

from pilab_desktop.domain.errors import NotFoundError, RepositoryError
from pilab_desktop.integrations.local_git.reader import LocalReader
from pilab_desktop.ports.git_reader import MAX_BLOB_BYTES

OpenReader = Callable[..., LocalReader]
Repo = Any


@pytest.fixture
def filled(repo: Repo, new_repo: Callable[..., Repo]) -> Repo:
    """Files, an executable, a link, a submodule, a path that is not UTF-8, one with a line break."""
    sub = new_repo("sub")
    sub.commit("s", {"inside": "x"})
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(sub.path), "module")
    repo.write("run.sh", "#!/bin/sh\n")
    (repo.path / "run.sh").chmod(0o755)
    (repo.path / "link").symlink_to("README")
    repo.write(b"dir/caf\xe9", "odd\n")
    repo.commit("filled", {"dir/a-b": "1", "dir/a/b": "2", "dir/a.b": "3", "two\nlines": "4", "dirt": "5", "empty": ""})
    return repo


def test_files_are_listed_sorted_without_links_and_submodules(filled: Repo, open_reader: OpenReader) -> None:
    snapshot = open_reader(filled.path).snapshot(filled.head, path="")
    odd = os.fsdecode(b"dir/caf\xe9")
    expected = [".gitmodules", "README", "dir/a-b", "dir/a.b", "dir/a/b", odd, "dirt", "empty", "run.sh", "two\nlines"]
    assert list(snapshot.blobs) == expected
    assert snapshot.blobs["README"] == filled.git("rev-parse", "HEAD:README")
    assert snapshot.commit == filled.head


def test_below_a_path_with_whole_names(filled: Repo, open_reader: OpenReader) -> None:
    reader = open_reader(filled.path)
    assert set(reader.snapshot(filled.head, path="dir/").blobs) == {
        "dir/a-b",
        "dir/a.b",
        "dir/a/b",
        os.fsdecode(b"dir/caf\xe9"),
    }
    assert set(reader.snapshot(filled.head, path="dir/a").blobs) == {"dir/a/b"}
    assert set(reader.snapshot(filled.head, path="run.sh").blobs) == {"run.sh"}
    assert dict(reader.snapshot(filled.head, path="nowhere").blobs) == {}


def test_contents(filled: Repo, open_reader: OpenReader) -> None:
    snapshot = open_reader(filled.path).snapshot(filled.head, path="")
    assert snapshot.read("two\nlines") == b"4"
    assert snapshot.read("empty") == b""
    assert snapshot.read(os.fsdecode(b"dir/caf\xe9")) == b"odd\n"
    with pytest.raises(NotFoundError, match="no file “nope”"):
        snapshot.read("nope")
    with pytest.raises(NotFoundError):
        snapshot.read("link")


def test_many_contents_in_the_order_asked(filled: Repo, open_reader: OpenReader) -> None:
    for number in range(100):
        filled.write(f"many/{number:03}", f"content {number}" * number)
    filled.commit("many")
    snapshot = open_reader(filled.path).snapshot(filled.head, path="many")
    asked = [*reversed(list(snapshot.blobs)), "many/none", "many/007", "many/007"]
    read = []
    for path, content in snapshot.read_many(asked):
        read.append((path, content))
        if path in snapshot.blobs:
            assert snapshot.read(path) == content  # asking in between does not mix up the answers
    assert [path for path, _ in read] == asked
    assert dict(read)["many/none"] is None
    assert dict(read)["many/050"] == b"content 50" * 50


def test_a_file_that_is_too_large_is_named_and_those_after_it_are_read(repo: Repo, open_reader: OpenReader) -> None:
    repo.commit("large", {"just": b"x" * MAX_BLOB_BYTES, "large": b"x" * (MAX_BLOB_BYTES + 1), "small": "s"})
    snapshot = open_reader(repo.path).snapshot(repo.head, path="")
    with pytest.raises(RepositoryError, match=r"8,388,609 bytes large.*limit is 8,388,608"):
        snapshot.read("large")
    lengths = [
        None if content is None else len(content) for _, content in snapshot.read_many(["just", "large", "small"])
    ]
    assert lengths == [MAX_BLOB_BYTES, None, 1]


def test_a_damaged_file_costs_only_itself(repo: Repo, open_reader: OpenReader) -> None:
    repo.commit("files", {name: f"{name}\n" for name in "abcdef"})
    oid = repo.git("rev-parse", "HEAD:c")
    loose = repo.path / ".git" / "objects" / oid[:2] / oid[2:]
    loose.chmod(0o644)
    loose.write_bytes(b"nonsense")
    snapshot = open_reader(repo.path).snapshot(repo.head, path="")
    assert [content for _, content in snapshot.read_many("abcdef")] == [b"a\n", b"b\n", None, b"d\n", b"e\n", b"f\n"]
    with pytest.raises(RepositoryError, match="missing from the repository or damaged"):
        snapshot.read("c")


def test_a_missing_tree_is_one_sentence(repo: Repo, open_reader: OpenReader) -> None:
    repo.commit("files", {"d/x": "1"})
    oid = repo.git("rev-parse", "HEAD:d")
    (repo.path / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    with pytest.raises(RepositoryError, match=r"files at .* could not be read"):
        open_reader(repo.path).snapshot(repo.head, path="").blobs  # noqa: B018 - the listing is what is tried


def test_threads_share_one_reader(repo: Repo, open_reader: OpenReader) -> None:
    repo.commit("files", {f"f{number}": f"{number}" * 5000 for number in range(60)})
    snapshot = open_reader(repo.path).snapshot(repo.head, path="")
    wrong: list[str] = []

    def read_all() -> None:
        wrong.extend(f"f{n}" for n in range(60) if snapshot.read(f"f{n}") != f"{n}".encode() * 5000)

    threads = [threading.Thread(target=read_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_commit_that_is_not_there(repo: Repo, open_reader: OpenReader) -> None:
    with pytest.raises(RepositoryError):
        open_reader(repo.path).snapshot("0" * 39 + "1", path="").blobs  # noqa: B018 - the listing is what is tried
