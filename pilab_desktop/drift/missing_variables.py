"""Variables that the source's code starts to read and the target does not have (semantics.md §4).

Code: `os.environ["X"]`, `process.env.X`, `System.getenv("X")`, `ENV["X"]` and the like, against the target's variables
and `.env` files. Charts: `.Values.x` in templates, against the values that the target's environment would get.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pilab_desktop.domain.drift import Direction, DriftType, Finding, Findings
from pilab_desktop.domain.json import JsonValue
from pilab_desktop.drift.configuration.comparison import ABSENT, value_at
from pilab_desktop.drift.configuration.discovery import FileKind
from pilab_desktop.drift.configuration.layers import Files, printable
from pilab_desktop.drift.configuration.units import units_of
from pilab_desktop.drift.configuration.value_references import values_read
from pilab_desktop.drift.pair import AnalysisContext, SnapshotPair
from pilab_desktop.ports.git_reader import Snapshot

MAX_UNCHANGED_FILES = 3_000
"""How many unchanged files are asked whether they read a name already, before a rename could pass for a new need."""

_VERDICT = "environment-names:1"
_MAX_SOURCE_BYTES = 1024 * 1024
_CODE = frozenset(
    {"py", "js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts", "vue", "svelte", "astro", "java", "kt", "kts", "scala"}
    | {"groovy", "rb", "erb", "go", "rs", "php", "cs", "fs", "vb", "ex", "exs", "swift", "dart", "clj"}
)
_NOT_DEPLOYED = re.compile(
    # Deeper than the second folder, `example` and `tools` are names of packages: com/example, internal/tools.
    r"^(?:[^/]+/)?(?:examples?|docs?|playground|scripts|tools|hack)/"
    r"|(?:^|/)(?:node_modules|vendor|third_party|tests?|__tests__|testdata|fixtures|specs?|e2e|\.[^/]+)/|(?:_test|\.test|\.spec|Test|Tests|_spec)\.[a-z]+$|(?:^|/)(?:test_|conftest|bench)[^/]*$"
    r"|\.config\.[a-z0-9.]+$"
)
_READS = tuple(
    re.compile(pattern.replace("NAME", r"([A-Za-z_][A-Za-z0-9_]*)"))
    for pattern in (
        r"""\benviron(?:\.get|\.pop|\.setdefault)?\s*[\[(]\s*["']NAME["']""",
        r"""\b(?:os\.)?(?:getenv|get_env|GetEnvironmentVariable|LookupEnv|Getenv|getEnv|fetch_env!?)\s*\(\s*["']NAME["']""",
        r"""\bprocess\.env(?:\.NAME|\[\s*["'`]NAME["'`]\s*\])""",
        r"""\bimport\.meta\.env(?:\.NAME|\[\s*["'`]NAME["'`]\s*\])""",
        r"""\b(?:Deno|Bun)\.env(?:\.get\(\s*["'`]|\.)NAME""",
        r"""\bENV(?:\.fetch\s*\(\s*|\[\s*)["']NAME["']""",
        r"""\benv::var(?:_os)?\s*\(\s*"NAME\"""",
        r"""(?:\$_ENV|\$_SERVER)\[\s*["']NAME["']""",
        r"""\benv\(\s*["']NAME["']\s*[,)]""",
        r"""@Value\(\s*"\$\{NAME[:}]""",
    )
)
_SET_BY_THE_SYSTEM = frozenset(
    {"PATH", "HOME", "USER", "PWD", "SHELL", "LANG", "TZ", "TMPDIR", "TEMP", "TMP", "HOSTNAME", "TERM", "CI", "DEV"}
    | {"NODE_ENV", "PROD", "MODE", "SSR", "BASE_URL", "npm_package_version", "DEBUG", "EDITOR", "LOGNAME", "DISPLAY"}
    | {"XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "APPDATA", "LOCALAPPDATA", "USERPROFILE", "NO_COLOR"}
    | {"REQUEST_METHOD", "REQUEST_URI", "HTTP_HOST", "REMOTE_ADDR", "SERVER_NAME", "DOCUMENT_ROOT", "HTTP_USER_AGENT"}
)


def missing_variables(
    pair: SnapshotPair, variables_target: frozenset[str] | None, context: AnalysisContext
) -> Findings:
    """What the source's code reads, the target's does not, and the target has nowhere. By name.

    `variables_target` are the names of the target environment's variables; None where they are not known, and then
    only charts are looked at.
    """
    if pair.source is None or pair.target is None:
        return Findings()
    findings = list(_missing_values(pair, context))
    if variables_target is not None:
        findings += _missing_in_environment(pair, variables_target, context)
    return Findings(findings=tuple(sorted(findings, key=lambda finding: finding.subject)))


@dataclass(frozen=True, slots=True)
class _Need:
    """A name and the files of the source that read it."""

    name: str
    files: tuple[str, ...]


def _missing_in_environment(
    pair: SnapshotPair, variables_target: frozenset[str], context: AnalysisContext
) -> list[Finding]:
    assert pair.source is not None
    assert pair.target is not None
    source, target = pair.source, pair.target
    changed = [path for path in source.blobs if _is_code(path) and target.blobs.get(path) != source.blobs[path]]
    replaced = [path for path in target.blobs if _is_code(path) and source.blobs.get(path) != target.blobs[path]]
    if not changed:
        return []
    now = _names_by_file(source, changed, context)
    before = {name for names in _names_by_file(target, replaced, context).values() for name in names}
    had = before | variables_target | _SET_BY_THE_SYSTEM
    needs: dict[str, list[str]] = {}
    for path, names in now.items():
        for name in names - had:
            needs.setdefault(name, []).append(path)
    if not needs:
        return []
    for name in _names_in_env_files(pair, context) & needs.keys():
        del needs[name]
    unchanged = sorted(path for path in source.blobs.keys() - set(changed) if _is_code(path))[:MAX_UNCHANGED_FILES]
    if needs:
        for names in _names_by_file(source, unchanged, context).values():
            for name in names & needs.keys():
                del needs[name]
    return [_finding(_Need(name, tuple(files)), pair, context) for name, files in needs.items()]


def _names_by_file(snapshot: Snapshot, paths: Iterable[str], context: AnalysisContext) -> Mapping[str, frozenset[str]]:
    """The names that each file reads; what was found in a blob once is remembered."""
    wanted = {path: snapshot.blobs[path] for path in paths}
    known = context.verdicts.get_many(_VERDICT, sorted(set(wanted.values())))
    found: dict[str, frozenset[str]] = {}
    fresh: dict[str, JsonValue] = {}
    unread: list[str] = []
    for path, blob in wanted.items():
        stored = known.get(blob)
        if isinstance(stored, list):
            found[path] = frozenset(map(str, stored))
        else:
            unread.append(path)
    for path, data in snapshot.read_many(unread):
        context.work.cancel.check()
        names = _names_read(data) if data is not None and len(data) <= _MAX_SOURCE_BYTES else frozenset()
        found[path] = names
        fresh[wanted[path]] = sorted(names)
    if fresh:
        context.verdicts.put_many(_VERDICT, fresh)
    return found


def _names_read(data: bytes) -> frozenset[str]:
    text = data.decode("utf-8", "replace")
    if "env" not in text and "ENV" not in text and "Env" not in text and "@Value" not in text:
        return frozenset()
    return frozenset(name for pattern in _READS for match in pattern.finditer(text) for name in match.groups() if name)


def _names_in_env_files(pair: SnapshotPair, context: AnalysisContext) -> set[str]:
    """The names that the target's own `.env` files give, at either commit: the source's are shipped with it."""
    files = Files(pair, context)
    names: set[str] = set()
    for unit in units_of(pair, context, frozenset({FileKind.ENV})):
        if unit.path.rpartition(".")[2] in {"example", "sample", "template", "dist"}:
            continue
        for snapshot in (pair.source, pair.target):
            assert snapshot is not None
            for path in unit.target:
                documents = files.documents(snapshot, path, unit.form) if path in snapshot.blobs else None
                names.update(*(document for document in documents or () if isinstance(document, dict)))
    return names


def _missing_values(pair: SnapshotPair, context: AnalysisContext) -> Iterator[Finding]:
    """`.Values.x` that a template of the source starts to need and that the target's environment would not give."""
    assert pair.source is not None
    assert pair.target is not None
    files = Files(pair, context)
    for unit in units_of(pair, context, frozenset({FileKind.HELM})):
        if unit.chart is None or posixpath.basename(unit.path) != "values.yaml":
            continue
        needed = _values_needed(pair.source, unit.chart, pair.target)
        if not needed:
            continue
        paths = [path for path in unit.target if path in pair.source.blobs]
        effective = files.effective(unit, pair.source, paths)
        if effective is None:
            continue
        for name, readers in sorted(needed.items()):
            if value_at(effective.value, tuple(name.split("."))) is ABSENT:
                yield _finding(_Need(f".Values.{name}", tuple(readers)), pair, context)


def _values_needed(source: Snapshot, chart: str, target: Snapshot) -> dict[str, list[str]]:
    """What the source's templates read without a way out, and the target's templates do not read at all."""
    folder = f"{chart}/templates/" if chart else "templates/"
    ours = {path for path in source.blobs if path.startswith(folder)}
    if all(target.blobs.get(path) == source.blobs[path] for path in ours):
        return {}
    theirs = [path for path in target.blobs if path.startswith(folder)]
    known = {name for _, data in target.read_many(theirs) if data for name in values_read(data).every}
    needed: dict[str, list[str]] = {}
    optional: set[str] = set()
    for path, data in source.read_many(sorted(ours)):
        read = values_read(data or b"")
        optional |= read.optional
        for name in read.every - known:
            needed.setdefault(name, []).append(path)
    # A test of `a` guards `a.b` as well.
    return {
        name: paths
        for name, paths in needed.items()
        if not any(name == way_out or name.startswith(f"{way_out}.") for way_out in optional)
    }


def _is_code(path: str) -> bool:
    return path.rpartition(".")[2] in _CODE and _NOT_DEPLOYED.search(path) is None


def _finding(need: _Need, pair: SnapshotPair, context: AnalysisContext) -> Finding:
    files = [printable(path) for path in need.files]
    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    return Finding(
        type=DriftType.CONFIG,
        category="missing_variable",
        direction=Direction.SOURCE_ONLY,
        sub_module=pair.sub_module,
        path=f"{files[0]}:{need.name}",
        description=f"{need.name} is read in {files[0]}{more}, and the target does not have it",
        old_value=None,
        new_value=None,
        subject=need.name,
        value_identity=context.secret_identity(need.name, "missing"),
        facts={
            "key": need.name.removeprefix(".Values.").replace(".", "_").upper(),
            "missing_variable": True,
            "only_in_target": False,
        },
        metadata={"name": need.name, "files": files[:50]},
    )
