"""A person's configuration and environment do not bend the answers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pilab_desktop.integrations.local_git.environment import git_environment
from pilab_desktop.integrations.local_git.reader import LocalReader
from pilab_desktop.ports.progress import Work

OpenReader = Callable[..., LocalReader]
Repo = Any

CONFIG = """
[diff]
    renames = false
    noprefix = true
    external = /bin/false
    algorithm = patience
    orderFile = /dev/null
    mnemonicPrefix = true
    ignoreSubmodules = all
    submodule = log
[diff "odd"]
    command = /bin/false
    textconv = /bin/false
[log]
    follow = true
    showSignature = true
    date = relative
    mailmap = true
    showRoot = false
    decorate = full
[i18n]
    logOutputEncoding = ISO-8859-1
[core]
    quotePath = true
    pager = /bin/false
    attributesFile = {attributes}
[color]
    ui = always
[format]
    pretty = oneline
"""


@pytest.fixture
def moved(repo: Repo) -> Repo:
    lines = "".join(f"line {number}\n" for number in range(30))
    repo.commit("new: ünï", {"a.txt": lines})
    repo.git("mv", "a.txt", "ä.txt")
    repo.commit("move")
    repo.commit("change", {"ä.txt": lines + "more\n"})
    return repo


def everything(reader: LocalReader, path: str) -> object:
    head, first = reader.commit_of("main"), reader.commit_of("main~3")
    return reader.compare(head, first, path=path, work=Work()), dict(reader.snapshot(head, path=path).blobs)


@pytest.mark.parametrize("path", ["", "ä.txt"])
def test_the_persons_configuration(
    moved: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_reader: OpenReader, path: str
) -> None:
    plain = everything(open_reader(moved.path), path)
    (tmp_path / "attributes").write_text("*.txt diff=odd\n")
    config = tmp_path / "config"
    config.write_text(CONFIG.format(attributes=tmp_path / "attributes"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    assert everything(open_reader(moved.path), path) == plain


def test_the_environment_of_a_hook(
    moved: Repo, new_repo: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch, open_reader: OpenReader
) -> None:
    plain = everything(open_reader(moved.path), "")
    other = new_repo("other")
    other.commit("x")
    for name, value in {
        "GIT_DIR": str(other.path / ".git"),
        "GIT_WORK_TREE": str(other.path),
        "GIT_OBJECT_DIRECTORY": str(other.path / ".git" / "objects"),
        "GIT_EXTERNAL_DIFF": "/bin/false",
        "GIT_DIFF_OPTS": "-u0",
        "GIT_TRACE": "1",
        "GIT_PAGER": "/bin/false",
        "GIT_GLOB_PATHSPECS": "1",
    }.items():
        monkeypatch.setenv(name, value)
    assert everything(open_reader(moved.path), "") == plain


def test_replaced_and_grafted_commits_are_seen_as_they_are(moved: Repo, open_reader: OpenReader) -> None:
    plain = everything(open_reader(moved.path), "")
    moved.git("replace", "main~1", "main~2")
    (moved.path / ".git" / "info" / "grafts").write_text(moved.git("rev-parse", "main~1") + "\n")
    assert everything(open_reader(moved.path), "") == plain


def test_what_a_child_is_told_and_what_is_kept_of_the_persons_own() -> None:
    own = {
        "PATH": "/bin",
        "GIT_DIR": "x",
        "GIT_ALLOW_PROTOCOL": "ext",
        "GIT_SSH_COMMAND": "ssh -i key",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
        "GIT_TRACE": "1",
    }
    told = git_environment(protocols=("https", "ssh"), base=own)
    assert {name for name in own if name in told} == set(own) - {"GIT_DIR", "GIT_TRACE"}
    assert told["GIT_ALLOW_PROTOCOL"] == "https:ssh"
    assert told["GIT_TERMINAL_PROMPT"] == told["GIT_PROTOCOL_FROM_USER"] == "0"
    assert git_environment(base=own)["GIT_ALLOW_PROTOCOL"] == ""
