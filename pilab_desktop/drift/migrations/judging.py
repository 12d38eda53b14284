"""From differences to verdicts: which dialect, which text, from the store where it was judged before."""

import hashlib
from collections.abc import Callable, Mapping, Sequence

from pilab_desktop.domain.project import ProjectSettings
from pilab_desktop.drift.migrations.discovery import HistoryFiles
from pilab_desktop.drift.migrations.graph import ancestors, depths
from pilab_desktop.drift.migrations.history import Difference, Migration, State, parents_of
from pilab_desktop.drift.migrations.migration import Language, MigrationFile
from pilab_desktop.drift.migrations.operation import Verdict
from pilab_desktop.drift.migrations.reading import Library, app_of
from pilab_desktop.drift.migrations.sql.dialect import (
    checked_dialect,
    dialect_of_lock,
    dialect_of_path,
    most_hinted,
)
from pilab_desktop.drift.migrations.tools.prisma import LOCK_FILE
from pilab_desktop.drift.migrations.updown import decoded, script_of
from pilab_desktop.drift.migrations.verdicts import KIND, Question, encoded, stored
from pilab_desktop.drift.pair import SnapshotPair
from pilab_desktop.ports.git_reader import Snapshot
from pilab_desktop.ports.storage import BlobVerdicts

_SAMPLED = 3
"""How many of the oldest and of the newest migrations are asked for their dialect where the changed ones do not say."""


def dialect_of(
    history: HistoryFiles,
    differing: Sequence[Difference],
    pair: SnapshotPair,
    settings: ProjectSettings,
    library: Library,
) -> str:
    """The project's setting; else what Prisma's lock file says; else a folder's name; else what the texts hint at: the
    changed ones, and a few of their neighbours where these are silent. Raises InvalidInputError for an unknown setting.
    """
    if settings.sql_dialect:
        return checked_dialect(settings.sql_dialect)
    named = _locked(history.folder, pair.source) or _locked(history.folder, pair.target)
    named = named or dialect_of_path(history.folder)
    if named is not None:
        return named
    hints = [one.migration.reading.hint for one in differing if one.migration.reading is not None]
    if not any(hints):
        hints = _neighbours(history, pair, Library(library.verdicts))
    return most_hinted(hints)


def _locked(folder: str, snapshot: Snapshot | None) -> str | None:
    path = f"{folder}/{LOCK_FILE}".lstrip("/")
    if snapshot is None or path not in snapshot.blobs:
        return None
    return next((dialect_of_lock(decoded(data)) for _, data in snapshot.read_many([path]) if data is not None), None)


def _neighbours(history: HistoryFiles, pair: SnapshotPair, library: Library) -> list[str]:
    snapshot, files = (pair.target, history.target) if history.target else (pair.source, history.source)
    sql = sorted((one for one in files if one.tool.language is Language.SQL), key=lambda one: one.path)
    sample = list(dict.fromkeys((*sql[:_SAMPLED], *sql[-_SAMPLED:])))
    if snapshot is None or not sample:
        return []
    library.read(snapshot, sample)
    return [reading.hint for one in sample if (reading := library.of(one)) is not None]


class Judging:
    """Judges the migrations of one history in one dialect."""

    def __init__(self, pair: SnapshotPair, library: Library, store: BlobVerdicts, dialect: str) -> None:
        self._pair = pair
        self._library = library
        self._store = store
        self._dialect = dialect

    def verdicts(
        self, differing: Sequence[Difference], source: Sequence[Migration], target: Sequence[Migration]
    ) -> list[Verdict]:
        """One for each difference, in order. A file that could not be read counts as one unparsed statement."""
        asked = [self._question(one, source, target) for one in differing]
        keys = list(dict.fromkeys(question.key for question in asked if question is not None))
        known = stored(self._store.get_many(KIND, keys)) if keys else {}
        pending = {
            question.key: (question, one)
            for question, one in zip(asked, differing, strict=True)
            if question is not None and question.key not in known
        }
        if pending:
            fresh = self._judged(pending, source, target)
            self._store.put_many(KIND, {key: encoded(verdict) for key, verdict in fresh.items()})
            known |= fresh
        unread = Verdict((), 1)
        return [known.get(question.key, unread) if question is not None else unread for question in asked]

    def _question(
        self, difference: Difference, source: Sequence[Migration], target: Sequence[Migration]
    ) -> Question | None:
        one = difference.migration
        if one.reading is None:
            return None
        language = one.reading.language
        django = language is Language.DJANGO
        end = target if difference.state is State.MISSING else source
        return Question(
            blob=one.file.blob,
            language=language,
            dialect=self._dialect,
            wrapping=one.file.wrapping or one.reading.wrapping or one.file.tool.wrapping,
            app=app_of(one.file.path) if django else "",
            surroundings=_digest(_earlier(one, end)) if django else "",
        )

    def _judged(
        self,
        pending: Mapping[str, tuple[Question, Difference]],
        source: Sequence[Migration],
        target: Sequence[Migration],
    ) -> dict[str, Verdict]:
        ends: dict[bool, list[MigrationFile]] = {True: [], False: []}
        for _, difference in pending.values():
            ends[difference.source is not None].append(difference.migration.file)
        texts = {**self._texts(self._pair.target, ends[False]), **self._texts(self._pair.source, ends[True])}
        fresh: dict[str, Verdict] = {}
        for key, (question, difference) in pending.items():
            text = texts.get(question.blob)
            if text is None:
                continue
            if question.language is Language.DJANGO:
                missing = difference.state is State.MISSING
                earlier = _earlier(difference.migration, target if missing else source)
                fresh[key] = self._django(question, text, earlier, self._pair.target if missing else self._pair.source)
            else:
                fresh[key] = _JUDGES[question.language](question, text)
        return fresh

    def _texts(self, snapshot: Snapshot | None, files: Sequence[MigrationFile]) -> Mapping[str, str]:
        return self._library.whole(snapshot, files) if snapshot is not None and files else {}

    def _django(
        self, question: Question, text: str, earlier: Sequence[Migration], snapshot: Snapshot | None
    ) -> Verdict:
        from pilab_desktop.drift.migrations.python.django_operations import django_verdict  # noqa: PLC0415 - see _sql

        before = self._texts(snapshot, [one.file for one in earlier])
        contents = [before[one.file.blob] for one in earlier if one.file.blob in before]
        return django_verdict(text, contents, question.app, question.dialect)


def _earlier(one: Migration, end: Sequence[Migration]) -> list[Migration]:
    """What a migration stands on, first things first."""
    graph = parents_of(end)
    below = ancestors(graph, [one.version])
    depth = depths(graph)
    return sorted((other for other in end if other.version in below), key=lambda it: (depth[it.version], it.version))


def _digest(earlier: Sequence[Migration]) -> str:
    return hashlib.sha256("".join(one.file.blob for one in earlier).encode()).hexdigest()[:16]


def _sql(question: Question, text: str) -> Verdict:
    from pilab_desktop.drift.migrations.sql.judge import judge  # noqa: PLC0415 - sqlglot costs 0.2 s; only to judge

    return judge(script_of(text).up, question.dialect, wrapping=question.wrapping)


def _alembic(question: Question, text: str) -> Verdict:
    from pilab_desktop.drift.migrations.python.alembic_operations import alembic_verdict  # noqa: PLC0415 - see _sql

    return alembic_verdict(text, question.dialect)


_JUDGES: Mapping[Language, Callable[[Question, str], Verdict]] = {Language.SQL: _sql, Language.ALEMBIC: _alembic}
