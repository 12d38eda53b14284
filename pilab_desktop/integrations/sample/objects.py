"""Ids of git objects, computed here so that a message can name a commit before git has seen it.

The formats are git's own (gitformat-pack and git-hash-object): SHA-1 over a header and the content.
"""

import hashlib
from collections.abc import Mapping

_FILE = b"100644"
_FOLDER = b"40000"


def object_id(kind: str, content: bytes) -> str:
    """The id of an object of a kind (blob, tree, commit)."""
    header = f"{kind} {len(content)}\0".encode()
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()


def tree_id(files: Mapping[str, str]) -> str:
    """The id of the tree that holds these texts by path; every file is a plain one."""
    entries: dict[str, tuple[bytes, str]] = {}
    folders: dict[str, dict[str, str]] = {}
    for path, text in files.items():
        name, _, rest = path.partition("/")
        if rest:
            folders.setdefault(name, {})[rest] = text
        else:
            entries[name] = (_FILE, object_id("blob", text.encode()))
    for name, below in folders.items():
        # git sorts a folder as though its name ended in a slash
        entries[f"{name}/"] = (_FOLDER, tree_id(below))
    content = b"".join(
        mode + b" " + name.rstrip("/").encode() + b"\0" + bytes.fromhex(sha)
        for name, (mode, sha) in sorted(entries.items(), key=lambda entry: entry[0].encode())
    )
    return object_id("tree", content)
