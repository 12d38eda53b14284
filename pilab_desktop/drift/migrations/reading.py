"""What a migration's content says before anything is judged, kept by blob id so that it is read once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pilab_desktop.domain.json import JsonValue
from pilab_desktop.drift.migrations.migration import Content, Language, MigrationFile, split_path
from pilab_desktop.drift.migrations.operation import Wrapping
from pilab_desktop.drift.migrations.python.header import Header, alembic_header, django_header
from pilab_desktop.drift.migrations.python.syntax import parse_module
from pilab_desktop.drift.migrations.sql.dialect import hint_of
from pilab_desktop.drift.migrations.updown import bare, decoded, digest_of, script_of
from pilab_desktop.ports.git_reader import Snapshot
from pilab_desktop.ports.storage import BlobVerdicts

MAX_TEXT_CHARACTERS = 20_000
"""How much of a migration an item shows; all of it is judged."""

_KIND = "migration-reading"
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """`text` is what runs, cut at `MAX_TEXT_CHARACTERS`. `digest` is the content by the tool's own rule, `bare_digest`
    the same without comments and layout. `runs` says whether anything but comments is in it at all, `recognised`
    whether it is a migration of the language it was taken for.
    """

    language: Language
    text: str
    digest: str
    bare_digest: str
    has_down: bool = False
    runs: bool = True
    recognised: bool = True
    hint: str = ""
    wrapping: Wrapping | None = None
    revision: str | None = None
    parents: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()


def app_of(path: str) -> str:
    """The Django app that a migration belongs to: the folder above `migrations`."""
    return split_path(split_path(split_path(path)[0])[0])[1]


def read_content(migration: MigrationFile, text: str) -> Reading:
    """What one migration's text says."""
    if migration.tool.language is Language.SQL:
        return _sql(migration, text)
    tree = parse_module(text)
    header: Header | None = None
    language = migration.tool.language
    if tree is not None:
        header = alembic_header(tree)
        language = Language.ALEMBIC if header is not None else Language.DJANGO
        header = header or django_header(tree, app_of(migration.path), migration.version)
    shown = text[:MAX_TEXT_CHARACTERS]
    digest = digest_of("\n".join(line.rstrip() for line in text.splitlines()))
    if header is None:
        return Reading(language=language, text=shown, digest=digest, bare_digest=digest, recognised=False)
    return Reading(
        language=language,
        text=shown,
        digest=digest,
        bare_digest=digest_of(repr((header.revision, header.parents, header.code))),
        has_down=header.reversible,
        revision=header.revision,
        parents=header.parents,
        replaces=header.replaces,
    )


def _sql(migration: MigrationFile, text: str) -> Reading:
    script = script_of(text)
    digest = {
        Content.UP: lambda: script.digest,
        Content.LINES: lambda: digest_of("\n".join(text.splitlines())),
        Content.BYTES: lambda: migration.blob,
    }[migration.tool.content]()
    return Reading(
        language=Language.SQL,
        text=script.up[:MAX_TEXT_CHARACTERS],
        digest=digest,
        bare_digest=script.bare_digest,
        has_down=script.has_down,
        runs=bool(bare(script.up)),
        hint=hint_of(text),
        wrapping=script.wrapping,
    )


@dataclass(slots=True)
class Library:
    """Reads migrations, each blob once, remembering in `verdicts` what was found.

    `texts` holds whole contents that were read in this run; `unreadable` the paths that could not be.
    """

    verdicts: BlobVerdicts
    readings: dict[str, Reading] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)

    def read(self, snapshot: Snapshot, migrations: Iterable[MigrationFile]) -> None:
        """Make the readings of these migrations known."""
        wanted = {_key(one): one for one in migrations}
        missing = {key: one for key, one in wanted.items() if key not in self.readings}
        if not missing:
            return
        stored = self.verdicts.get_many(_KIND, list(missing))
        for key, value in stored.items():
            if (reading := _decoded_reading(value)) is not None:
                self.readings[key] = reading
        unread = {one.path: one for key, one in missing.items() if key not in self.readings}
        fresh: dict[str, Reading] = {}
        for path, text in self._contents(snapshot, unread):
            one = unread[path]
            fresh[_key(one)] = read_content(one, text)
        self.readings.update(fresh)
        if fresh:
            self.verdicts.put_many(_KIND, {key: _encoded(reading) for key, reading in fresh.items()})

    def of(self, migration: MigrationFile) -> Reading | None:
        """The reading of a migration that `read` was asked for; None where its file could not be read."""
        return self.readings.get(_key(migration))

    def whole(self, snapshot: Snapshot, migrations: Iterable[MigrationFile]) -> Mapping[str, str]:
        """Blob id to whole text, read again where only a stored reading is at hand."""
        wanted = {one.blob: one.path for one in migrations}
        missing = {path: blob for blob, path in wanted.items() if blob not in self.texts}
        for _ in self._contents(snapshot, missing, missing):
            pass
        return {blob: self.texts[blob] for blob in wanted if blob in self.texts}

    def _contents(
        self, snapshot: Snapshot, paths: Iterable[str], blobs: Mapping[str, str] | None = None
    ) -> Iterable[tuple[str, str]]:
        known = blobs or snapshot.blobs
        for path, data in snapshot.read_many(list(paths)):
            if data is None:
                self.unreadable.add(path)
                continue
            text = decoded(data)
            self.texts[known[path]] = text
            yield path, text


def _key(migration: MigrationFile) -> str:
    name = migration.path if migration.tool.language is Language.DJANGO else ""  # the app's name is the folder's
    rule = f"{_VERSION}:{migration.tool.language}:{migration.tool.content}"
    return f"{rule}:{name}:{migration.blob}"


def _encoded(reading: Reading) -> JsonValue:
    return [
        reading.language,
        reading.text,
        reading.digest,
        reading.bare_digest,
        reading.has_down,
        reading.runs,
        reading.recognised,
        reading.hint,
        reading.wrapping,
        reading.revision,
        list(reading.parents),
        list(reading.replaces),
    ]


def _decoded_reading(value: JsonValue) -> Reading | None:
    """A stored reading; None for what is no such thing, which is then read anew."""
    match value:
        case [
            str(language),
            str(text),
            str(digest),
            str(bare_digest),
            bool(has_down),
            bool(runs),
            bool(recognised),
            str(hint),
            None | str() as wrapping,
            None | str() as revision,
            [*parents],
            [*replaces],
        ]:
            return Reading(
                language=Language(language),
                text=text,
                digest=digest,
                bare_digest=bare_digest,
                has_down=has_down,
                runs=runs,
                recognised=recognised,
                hint=hint,
                wrapping=Wrapping(wrapping) if wrapping is not None else None,
                revision=revision,
                parents=tuple(str(parent) for parent in parents),
                replaces=tuple(str(replaced) for replaced in replaces),
            )
        case _:
            return None
