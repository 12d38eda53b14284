"""Which files of a tree are configuration, and which of them belong together (semantics.md §4).

By convention, or because the project names them. A *family* is what one end reads as one: base files, and a variant for
each environment that lies over them (`values.yaml` and `values-prod.yaml`; `overlays/prod/app.yaml`).
"""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pilab_desktop.drift.configuration.documents import Format
from pilab_desktop.drift.configuration.environments import EnvironmentWords

SLOT = "{environment}"
"""Stands in a family's path where its members name an environment, as in the project's settings."""


class FileKind(StrEnum):
    """What a file holds, as far as its path tells. A CONFIG or MANIFEST file may hold Kubernetes manifests."""

    ENV = "env_file"
    HELM = "helm_value"
    CONFIG = "config_value"
    COMPOSE = "compose"
    MANIFEST = "manifest"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file belongs: its family, and the environment it is the variant for (None: a base, or no variant)."""

    path: str
    family: str
    token: str | None
    kind: FileKind
    form: Format

    @property
    def pattern(self) -> str:
        """The path with its environment's place marked, for a family that has no base file to be called by."""
        if self.token is None:
            return self.path
        words = r"[-_.]?".join(re.escape(word) for word in self.token.split("-"))
        found = [*re.finditer(rf"(?<![A-Za-z0-9]){words}(?![A-Za-z])", self.path, re.IGNORECASE)]
        return f"{self.path[: found[-1].start()]}{SLOT}{self.path[found[-1].end() :]}" if found else self.path


_FORMATS = {
    "yaml": Format.YAML,
    "yml": Format.YAML,
    "json": Format.JSON,
    "toml": Format.TOML,
    "properties": Format.PROPERTIES,
    "env": Format.ENV,
}
_NOT_DEPLOYED = frozenset(
    {"node_modules", "vendor", "third_party", "test", "tests", "testing", "testdata", "test-data", "test_data"}
    | {"fixtures", "fixture", "__fixtures__", "__tests__", "__mocks__", "mocks", "spec", "specs", "e2e", "testutil"}
    | {"examples", "example", "samples", "sample", "docs", "doc", "playground", "benchmarks", "bench", "hack"}
    | {"dist", "build", "target", "locales", "locale", "i18n", "translations", "lang", "templates", "schemas", "schema"}
    | {"api_tests", "api-tests", "integration-tests", "dashboards", "snapshots", "__snapshots__"}
)
_TOOL_FILE = re.compile(
    r"\..*|(?:package|tsconfig|jsconfig|babel|eslint|composer|deno|lerna|nx|turbo|renovate|biome|typedoc|openapi|swagger"
    r"|graphql|mkdocs|pyproject|Cargo|Pipfile|Chart|Gopkg|requirements|codegen|webpack|jest|karma|environment|ci"
    r"|pipeline|build|buildspec|cloudbuild|gradle|log4j2?|logback|messages|sonar-project|detekt)(?:[-._].*)?"
    r"|.*(?:[-._]lock|\.schema|\.config|\.d)|lock",
    re.IGNORECASE,
)
_SAMPLE = frozenset({"example", "sample", "template", "dist", "defaults", "tpl", "tmpl"})
_SLOT_PARENTS = frozenset(
    {
        "overlays",
        "overlay",
        "environments",
        "environment",
        "envs",
        "env",
        "deploy",
        "deployment",
        "deployments",
        "stages",
    }
    | {"clusters", "config", "configs", "configuration", "conf", "values", "settings", "helm", "k8s", "kubernetes"}
    | {"kustomize", "manifests", "gitops", "infra", "profiles", "variants"}
)
_CONFIG_FOLDERS = frozenset({"config", "configs", "conf", "configuration", "settings"})
_BASE_WORDS = ("default", "defaults", "base", "common", "shared", "global")
_OWN_STEMS = {
    "application": {Format.YAML, Format.PROPERTIES, Format.JSON},
    "bootstrap": {Format.YAML, Format.PROPERTIES},
    "appsettings": {Format.JSON},
    "config": {Format.YAML, Format.JSON, Format.TOML, Format.PROPERTIES},
    "configuration": {Format.YAML, Format.JSON, Format.TOML, Format.PROPERTIES},
    "settings": {Format.YAML, Format.JSON, Format.TOML},
    "values": {Format.YAML},
    "docker-compose": {Format.YAML},
    "compose": {Format.YAML},
}
_KINDS = {"values": FileKind.HELM, "docker-compose": FileKind.COMPOSE, "compose": FileKind.COMPOSE}


@dataclass(frozen=True, slots=True)
class _Named:
    """What a file's name says: its family's name in the same folder, the environment, the kind."""

    family: str
    token: str | None
    kind: FileKind


class Convention:
    """Knows the places of one pair of trees."""

    def __init__(self, paths: Iterable[str], root: str, words: EnvironmentWords, named: Sequence[str]) -> None:
        """`root` is the path all files lie below ("" for the whole repository); `named` are the project's own files."""
        self._root = f"{root.strip('/')}/" if root.strip("/") else ""
        self._words = words
        self._named = tuple(_NamedFiles.of(pattern.strip("/")) for pattern in named)
        self.charts = frozenset(path.rpartition("/")[0] for path in paths if path.rpartition("/")[2] == "Chart.yaml")

    def place(self, path: str) -> Place | None:
        """Where a file belongs; None for one that is no configuration."""
        name = path.rpartition("/")[2]
        form = _format(name)
        if form is None:
            return None
        below = path.removeprefix(self._root)
        found = None if self._excluded(below.split("/")[:-1]) else self._by_convention(path, name, form)
        if found is None or found.kind is FileKind.MANIFEST:
            return self._by_name(path, below, form) or found
        return found

    def _excluded(self, folders: list[str]) -> bool:
        before = ""
        for folder in folders:
            is_slot = before in _SLOT_PARENTS and self._words.token(folder) is not None
            if (folder.lower() in _NOT_DEPLOYED and not is_slot) or folder.startswith("."):
                return True
            before = folder.lower()
        return False

    def _by_name(self, path: str, below: str, form: Format) -> Place | None:
        for named in self._named:
            match = named.pattern.fullmatch(path) or named.pattern.fullmatch(below)
            if match is None:
                continue
            token = self._words.token(match[1]) if named.has_slot else None
            if named.has_slot and token is None:
                return Place(path, path, None, FileKind.CONFIG, form)
            return Place(path, named.family if token else path, token, FileKind.CONFIG, form)
        return None

    def _by_convention(self, path: str, name: str, form: Format) -> Place | None:
        folder = path.rpartition("/")[0]
        named = self._by_file_name(folder, name, form)
        slotted, token = (folder, None) if named and named.token else self._slot_in(folder)
        if named is None:
            if (token or folder.rpartition("/")[2] in _CONFIG_FOLDERS) and not _is_tool_file(name):
                named = _Named(name, None, FileKind.CONFIG)
            elif form is Format.YAML and not name.startswith("."):
                named = _Named(name, None, FileKind.MANIFEST)
            else:
                return None
        chart = self._chart_of(folder)
        if chart is not None and named.kind is FileKind.HELM and (named.token or token or folder == chart):
            family = _joined(chart, "values.yaml")
            return Place(path, family, named.token or token, FileKind.HELM, form)
        return Place(path, _joined(slotted, named.family), named.token or token, named.kind, form)

    def _by_file_name(self, folder: str, name: str, form: Format) -> _Named | None:
        if form is Format.ENV:
            return self._env_file(name)
        if _is_tool_file(name):
            return None
        stem, _, ending = name.rpartition(".")
        for own, forms in _OWN_STEMS.items():
            if form in forms and (stem == own or re.match(rf"{own}[-._]", stem)):
                return self._own(own, stem, ending)
        parent = folder.rpartition("/")[2]
        if form is Format.YAML and stem.startswith("secrets") and self._chart_of(folder) is not None:
            return _Named(name, None, FileKind.HELM) if self._slot_in(folder)[1] else None
        whole = self._words.token(stem) if parent in _SLOT_PARENTS else self._words.unmistakable(stem)
        if whole:
            kind = FileKind.HELM if parent == "values" and form is Format.YAML else FileKind.CONFIG
            return _Named(f"{SLOT}.{ending}", whole, kind)
        return self._with_word(stem, ending)

    def _own(self, own: str, stem: str, ending: str) -> _Named:
        """A file of a well-known name, with or without an environment behind it."""
        kind = _KINDS.get(own, FileKind.CONFIG)
        rest = stem[len(own) + 1 :]
        token = self._words.token(rest) if rest else None
        is_layer = kind is FileKind.HELM and rest.isdigit()
        return _Named(f"{own}.{ending}" if token or not rest or is_layer else f"{stem}.{ending}", token, kind)

    def _with_word(self, stem: str, ending: str) -> _Named | None:
        """`prod-values.yaml`, `service.staging.yml`: an unmistakable word before or behind any other name."""
        for separator in re.finditer(r"[-._]", stem):
            before, behind = stem[: separator.start()], stem[separator.end() :]
            if before and (token := self._words.unmistakable(behind)):
                return _Named(f"{before}.{ending}", token, FileKind.CONFIG)
            if behind and (token := self._words.unmistakable(before)):
                kind = _KINDS.get(behind, FileKind.CONFIG)
                return _Named(f"{behind}.{ending}", token, kind)
        return None

    def _env_file(self, name: str) -> _Named:
        """`.env`, `.env.prod`, `.env.prod.example`, `prod.env`; samples are a family of their own."""
        words = [word for word in re.split(r"[.]", name) if word and word != "env"]
        if name.startswith((".env-", ".env_")):
            words = re.split(r"[-_.]", name[5:], maxsplit=1)
        samples = [word for word in words if word in _SAMPLE]
        rest = ".".join(word for word in words if word not in _SAMPLE)
        token = self._words.token(rest) if rest else None
        if rest and token is None:
            return _Named(name, None, FileKind.ENV)
        return _Named(".".join([".env", *samples]), token, FileKind.ENV)

    def _slot_in(self, folder: str) -> tuple[str, str | None]:
        """The folder with its environment's place marked, and that environment."""
        parts = folder.removeprefix(self._root).split("/") if folder else []
        for index in range(len(parts) - 1, -1, -1):
            before = parts[index - 1].lower() if index else self._root.rstrip("/").rpartition("/")[2].lower()
            find = self._words.token if before in _SLOT_PARENTS else self._words.unmistakable
            token = find(parts[index])
            if token and (before in _SLOT_PARENTS or token not in {"dev", "development"}):
                marked = "/".join([*parts[:index], SLOT, *parts[index + 1 :]])
                return (self._root + marked if folder.startswith(self._root) else marked), token
        return folder, None

    def _chart_of(self, folder: str) -> str | None:
        """The nearest folder at or above that holds a Helm chart."""
        while True:
            if folder in self.charts:
                return folder
            if not folder:
                return None
            folder = folder.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class _NamedFiles:
    """A path of the project's settings."""

    pattern: re.Pattern[str]
    family: str
    has_slot: bool

    @classmethod
    def of(cls, text: str) -> "_NamedFiles":
        before, slot, behind = text.partition(SLOT)
        pattern = re.escape(before) + ("([^/]+)" if slot else "")
        # The same environment where the path names it again.
        pattern += r"\1".join(re.escape(part) for part in behind.split(SLOT)) if slot else ""
        return cls(re.compile(pattern), text, bool(slot))


def bases_of(family: str, paths: Container[str]) -> Iterator[str]:
    """The files that lie under a family whose path names the environment, outermost first: `config/default.yaml`
    under `config/{environment}.yaml`, `environments/common/app.yaml` under `environments/{environment}/app.yaml`."""
    if SLOT not in family:
        return
    candidates = [family.replace(f"{SLOT}/", "")] if f"{SLOT}/" in family else []
    candidates += [family.replace(SLOT, word) for word in _BASE_WORDS]
    yield from (candidate for candidate in candidates if candidate in paths)


def layer_order(path: str) -> tuple[bool, list[tuple[int, str]]]:
    """Sorts layers as people number them: `values-9` before `values-10`, secrets over values."""
    name = path.rpartition("/")[2]
    return name.startswith("secrets"), [(int(n or 0), w) for n, w in re.findall(r"(\d+)|(\D+)", path)]


def _format(name: str) -> Format | None:
    if name.startswith(".env") and (len(name) == 4 or name[4] in ".-_"):
        return Format.ENV if name not in {".env.vault", ".env.keys"} else None
    stem, _, ending = name.rpartition(".")
    return _FORMATS.get(ending.lower()) if stem and name != "Chart.yaml" else None


def _is_tool_file(name: str) -> bool:
    return _TOOL_FILE.fullmatch(name.rpartition(".")[0]) is not None


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
