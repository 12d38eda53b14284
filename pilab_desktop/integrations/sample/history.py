"""A repository's history, told commit by commit. Nothing here touches a disk: `fast_import` makes it real.

Commits are edits; picks, reverts and merges are computed from the edits of others, as git would from their diffs.
What a story says about its commits (which one picks which, with the same patch or not) is kept, so that what a
report has to find is known from the story and not from the tool that is to be shown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from types import MappingProxyType

from pilab_desktop.integrations.sample.edits import Edit, StoryError, Tree, applied, inverse
from pilab_desktop.integrations.sample.objects import object_id, tree_id


@dataclass(frozen=True, slots=True)
class Person:
    """Who writes commits. `zone` is the offset from UTC in hours."""

    name: str
    email: str
    zone: int

    def stamp(self, moment: datetime) -> str:
        """Name, address and moment as git writes them."""
        local = moment.astimezone(timezone(timedelta(hours=self.zone)))
        return f"{self.name} <{self.email}> {int(moment.timestamp())} {local:%z}"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Node:
    """One commit. `edits` lead from the first parent's tree to this one's.

    `same_patch_as` is the commit whose patch this one repeats; `reverts` the one it takes back.
    """

    parents: tuple["Node", ...]
    author: str
    committer: str
    message: str
    edits: tuple[Edit, ...]
    tree: Tree
    at: datetime
    writer: Person
    sha: str
    same_patch_as: "Node | None" = None
    reverts: "Node | None" = None

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]

    @property
    def is_merge(self) -> bool:
        """Whether it has more than one parent."""
        return len(self.parents) > 1

    def touches(self, path: str) -> bool:
        """Whether it changes a file below the path ("" for any)."""
        return any(not path or edit.path.startswith(f"{path}/") for edit in self.edits)

    def ancestry(self) -> frozenset["Node"]:
        """This commit and all before it."""
        seen: set[Node] = set()
        waiting = [self]
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting.extend(node.parents)
        return frozenset(seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag; with a message it is an annotated one."""

    name: str
    node: Node
    message: str | None
    tagger: str


class History:
    """The commits, branches and tags of one repository, in the order they were told.

    Moments are written "DAYS HH:MM": so many days before the sample's day, at that time in UTC. They only grow
    along a line of ancestry, as git expects them to.
    """

    def __init__(self, name: str, day: datetime) -> None:
        self.name = name
        self.tags: dict[str, Tag] = {}
        self._day = day.replace(hour=0, minute=0, second=0, microsecond=0)
        self._nodes: list[Node] = []
        self._tips: dict[str, Node] = {}

    def __iter__(self) -> Iterator[Node]:
        return iter(self._nodes)

    @property
    def branches(self) -> Mapping[str, Node]:
        """Branch name to its tip; merged branches that were deleted are gone."""
        return MappingProxyType(self._tips)

    def moment(self, when: str) -> datetime:
        """The moment that "DAYS HH:MM" stands for."""
        days, _, clock = when.partition(" ")
        hour, _, minute = clock.partition(":")
        return self._day - timedelta(days=int(days)) + timedelta(hours=int(hour), minutes=int(minute))

    def branch(self, name: str, at: Node | None = None) -> None:
        """A new branch, at a commit or where main is now."""
        self._tips[name] = at or self._tips["main"]

    def commit(self, when: str, who: Person, message: str, *edits: Edit, on: str = "main") -> Node:
        """An ordinary commit."""
        return self._add(when, who, message, edits, on=on)

    def pick(self, when: str, who: Person, node: Node, *, on: str, trailer: bool = False) -> Node:
        """`git cherry-pick`, with `-x` where `trailer` is set, that applies cleanly: the same patch, another sha."""
        message = _with_trailer(node) if trailer else node.message
        return self._add(when, who, message, node.edits, on=on, author_of=node, same_patch_as=node)

    def pick_by_hand(self, when: str, who: Person, node: Node, *edits: Edit, on: str) -> Node:
        """`git cherry-pick -x` with conflicts solved by hand: the trailer names the commit, the patch is another."""
        return self._add(when, who, _with_trailer(node), edits, on=on, author_of=node)

    def revert(self, when: str, who: Person, node: Node, *, message: str | None = None, on: str = "main") -> Node:
        """`git revert`, in git's own words unless a host's are given."""
        text = message or f'Revert "{node.subject}"\n\nThis reverts commit {node.sha}.\n'
        edits = inverse(node.parents[0].tree, node.edits)
        return self._add(when, who, text, edits, on=on, reverts=node)

    def merge(self, when: str, who: Person, branch: str, message: str, *, on: str = "main") -> Node:
        """A real merge commit; the branch is deleted after it."""
        ours, theirs = self._tips[on], self._tips.pop(branch)
        brought = theirs.ancestry() - ours.ancestry()
        edits = tuple(edit for node in self._nodes if node in brought and not node.is_merge for edit in node.edits)
        return self._add(when, who, message, edits, on=on, second=theirs)

    def tag(self, name: str, who: Person, *, on: str = "main", message: str | None = None) -> Node:
        """A tag at a branch's tip; annotated where there is a message."""
        node = self._tips[on]
        self.tags[name] = Tag(name=name, node=node, message=message, tagger=who.stamp(node.at + timedelta(minutes=9)))
        return node

    def at(self, ref: str) -> Node:
        """The commit of a tag or branch. Raises StoryError for an unknown one."""
        if ref in self.tags:
            return self.tags[ref].node
        if ref in self._tips:
            return self._tips[ref]
        raise StoryError(f"{self.name} has neither tag nor branch {ref}")

    def as_of(self, when: str) -> Node:
        """What main was at a moment."""
        node = self._tips["main"]
        while node.at > self.moment(when):
            node = node.parents[0]
        return node

    def _add(
        self,
        when: str,
        who: Person,
        message: str,
        edits: tuple[Edit, ...],
        *,
        on: str,
        second: Node | None = None,
        author_of: Node | None = None,
        same_patch_as: Node | None = None,
        reverts: Node | None = None,
    ) -> Node:
        first = self._tips.get(on)
        parents = tuple(parent for parent in (first, second) if parent is not None)
        at = self.moment(when)
        if any(parent.at > at for parent in parents):
            raise StoryError(f"{self.name}: {message!r} is older than its parent")
        tree = applied(first.tree if first else {}, edits)
        author = author_of.author if author_of else who.stamp(at)
        message = message if message.endswith("\n") else f"{message}\n"
        node = Node(
            parents=parents,
            author=author,
            committer=who.stamp(at),
            message=message,
            edits=edits,
            tree=tree,
            at=at,
            writer=who,
            sha=_commit_id(tree, parents, author, who.stamp(at), message),
            same_patch_as=same_patch_as,
            reverts=reverts,
        )
        self._nodes.append(node)
        self._tips[on] = node
        return node


def _with_trailer(node: Node) -> str:
    return f"{node.message.rstrip()}\n\n(cherry picked from commit {node.sha})\n"


def _commit_id(tree: Tree, parents: tuple[Node, ...], author: str, committer: str, message: str) -> str:
    lines = [f"tree {tree_id(tree)}", *(f"parent {parent.sha}" for parent in parents)]
    lines += [f"author {author}", f"committer {committer}", "", message]
    return object_id("commit", "\n".join(lines).encode())
