"""packaging/dev.py, run as a person runs it, in a small checkout of its own with a uv that fetches nothing."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "dev.py"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins for uv and apt-get are shell scripts")

UV = """#!/bin/sh
echo "$@" >> "{log}"
case "$1" in
    --version) echo "uv {version} (made for a test)" ;;
    sync) exit {sync_fails} ;;
    python) exit 1 ;;
    run) while [ "$1" = run ] || [ "$1" = --frozen ] || [ "$1" = --no-sync ]; do shift; done; exec "$@" ;;
esac
"""


class Checkout:
    """A small project beside the script, and a PATH that holds nothing but what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "calls.log"
        self.programs = folder / "bin"
        self.programs.mkdir(parents=True)
        (folder / "packaging").mkdir()
        shutil.copy(SCRIPT, folder / "packaging" / "dev.py")
        (folder / "uv.lock").write_text("version = 1\n")
        self.put("git", "#!/bin/sh\n")
        self.put("apt-get", f'#!/bin/sh\necho "apt-get $@" >> "{self.log}"\n')
        self.put("dpkg-query", '#!/bin/sh\necho "libegl1 installed"\n')

    def put(self, name: str, text: str) -> None:
        """A program on PATH."""
        program = self.programs / name
        program.write_text(text)
        program.chmod(0o755)

    def put_uv(self, *, version: str = "0.9.1", sync_fails: int = 0) -> None:
        """A uv that notes how it is called, and runs what it is to run."""
        self.put("uv", UV.format(log=self.log, version=version, sync_fails=sync_fails))

    def run(
        self, *arguments: str, python: Sequence[str] = (sys.executable,), alone: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run the script; unless it is to be `alone`, the programs of the tests' environment are on PATH after ours."""
        path = os.pathsep.join([str(self.programs), str(Path(sys.executable).parent), "/bin"])
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("COV_", "PYTEST_", "UV_"))
        }
        return subprocess.run(
            [*python, str(self.folder / "packaging" / "dev.py"), *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            cwd=self.folder.parent,
            env=inherited | {"PATH": path, "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull},
        )

    @property
    def calls(self) -> list[str]:
        """How uv was called."""
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "checkout")


def package(checkout: Checkout, *, tested: bool) -> None:
    """A product of one function in a package that has to be covered, and a test of it, or of nothing."""
    domain = checkout.folder / "pilab_desktop" / "domain" / "inner"
    domain.mkdir(parents=True)
    for folder in (domain.parent.parent, domain.parent, domain):
        (folder / "__init__.py").write_text("")
    (domain / "rule.py").write_text("def twice(n):\n    doubled = n * 2\n    return doubled\n")
    body = "assert twice(2) == 4" if tested else "assert True"
    tests = checkout.folder / "tests"
    tests.mkdir()
    (tests / "test_rule.py").write_text(
        f"from pilab_desktop.domain.inner.rule import twice\n\n\ndef test_rule():\n    {body}\n"
    )
    (checkout.folder / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\npythonpath = ["."]\n[tool.coverage.run]\nsource = ["pilab_desktop"]\n'
    )


@pytest.mark.parametrize("old", ["3.8", "3.6"])
def test_an_old_python_reads_the_script(old: str) -> None:
    major, minor = map(int, old.split("."))
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(major, minor))


def test_a_python_that_is_too_old_says_so_in_one_sentence(checkout: Checkout) -> None:
    pretend = "import sys, runpy; sys.version_info = (3, 7, 2); sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0])"
    done = checkout.run("demo", python=[sys.executable, "-c", pretend])
    assert done.returncode == 1
    assert done.stderr.startswith("Python 3.7 is too old")
    assert "Traceback" not in done.stderr


def test_without_a_job_it_explains_itself(checkout: Checkout) -> None:
    done = checkout.run()
    assert done.returncode == 2
    assert "dev.py demo" in done.stdout
    assert checkout.run("--help").returncode == 0


def test_an_unknown_job_names_the_known_ones(checkout: Checkout) -> None:
    done = checkout.run("tset")
    assert done.returncode == 2
    assert "'tset'" in done.stderr
    assert "demo, test, run, check, bench" in done.stderr


def test_the_demo_prepares_and_passes_its_arguments_on(checkout: Checkout) -> None:
    checkout.put_uv()
    checkout.put("pilab", '#!/bin/sh\necho "pilab $@"\nexit 3\n')
    done = checkout.run("demo", "--dir", "some where", "--no-window")
    assert done.stdout == "pilab demo --dir some where --no-window\n"
    assert done.returncode == 3
    assert checkout.calls == [
        "--version",
        "sync --frozen --inexact --compile-bytecode",
        "run --frozen --no-sync pilab demo --dir some where --no-window",
    ]
    assert [line[:4] for line in done.stderr.splitlines()] == ["1/4 ", "2/4 ", "3/4 ", "4/4 "]


def test_run_passes_everything_to_pilab(checkout: Checkout) -> None:
    checkout.put_uv()
    checkout.put("pilab", '#!/bin/sh\necho "$@"\n')
    assert checkout.run("run", "doctor", "--json").stdout == "doctor --json\n"


def test_the_bench_asks_for_the_tools_to_compare_with(checkout: Checkout) -> None:
    checkout.put_uv()
    bench = checkout.folder / "tests" / "bench"
    bench.mkdir(parents=True)
    (bench / "__main__.py").write_text("import sys\nprint(sys.argv[1:])\n")
    done = checkout.run("bench", "--only", "notes", "--json")
    assert done.stdout == "['--only', 'notes', '--json']\n"
    assert "sync --frozen --inexact --group bench --compile-bytecode" in checkout.calls


def test_check_runs_every_tool_even_when_one_fails(checkout: Checkout) -> None:
    checkout.put_uv()
    for tool in ("ruff", "mypy", "lint-imports"):
        checkout.put(tool, f'#!/bin/sh\necho "{tool} $@"\n{"exit 1" if tool == "mypy" else ""}\n')
    done = checkout.run("check")
    assert done.stdout == "ruff check .\nruff format --check .\nmypy \nlint-imports \n"
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "Not clean: mypy."


def test_all_tests_end_with_pytests_closing_line_and_the_coverage_above_it(checkout: Checkout) -> None:
    checkout.put_uv()
    package(checkout, tested=True)
    done = checkout.run("test")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout.splitlines()[-1]
    assert "TOTAL" in done.stdout


def test_too_little_coverage_fails_and_still_ends_with_pytests_closing_line(checkout: Checkout) -> None:
    checkout.put_uv()
    package(checkout, tested=False)
    done = checkout.run("test")
    assert done.returncode == 1
    assert "Coverage of domain, drift, notes, services is below 90 %" in done.stdout.splitlines()[-2]
    assert "1 passed" in done.stdout.splitlines()[-1]


def test_chosen_tests_run_without_coverage(checkout: Checkout) -> None:
    checkout.put_uv()
    package(checkout, tested=False)
    done = checkout.run("test", "-k", "rule")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "TOTAL" not in done.stdout
    assert "1 passed" in done.stdout.splitlines()[-1]


def test_a_failing_test_fails_the_job(checkout: Checkout) -> None:
    checkout.put_uv()
    package(checkout, tested=True)
    (checkout.folder / "tests" / "test_wrong.py").write_text("def test_wrong():\n    raise AssertionError\n")
    done = checkout.run("test")
    assert done.returncode == 1
    assert "1 failed, 1 passed" in done.stdout.splitlines()[-1]


def test_no_python_to_be_had_is_one_sentence(checkout: Checkout) -> None:
    checkout.put_uv(sync_fails=1)
    done = checkout.run("demo")
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("version", [None, "0.2.37"])
def test_without_uv_and_network_one_sentence_says_what_to_do(checkout: Checkout, version: str | None) -> None:
    if version is not None:
        checkout.put_uv(version=version)
    done = checkout.run("demo", alone=True)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("uv could not be had")
    assert "Traceback" not in done.stderr


def test_on_debian_nothing_is_installed_when_all_is_there(checkout: Checkout) -> None:
    checkout.put_uv()
    checkout.put("pilab", "#!/bin/sh\n")
    assert checkout.run("demo").returncode == 0
    assert not [call for call in checkout.calls if call.startswith("apt-get")]


def test_on_debian_qts_libraries_come_with_qt_and_not_before(checkout: Checkout) -> None:
    checkout.put_uv()
    checkout.put("pilab", "#!/bin/sh\n")
    (checkout.folder / "uv.lock").write_text('version = 1\n\n[[package]]\nname = "pyside6-essentials"\n')
    done = checkout.run("demo")
    told = done.stderr if os.geteuid() else "\n".join(checkout.calls)
    assert "install -y --no-install-recommends" in told
    assert "libxcb-cursor0" in told
    assert "libegl1" not in told
