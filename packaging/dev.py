#!/usr/bin/env python3
"""Gets what the project needs onto this machine and does one job with it. Standard library only.

    python3 packaging/dev.py demo [ARGUMENTS of pilab demo]
    python3 packaging/dev.py test [ARGUMENTS of pytest]
    python3 packaging/dev.py run [ARGUMENTS of pilab]
    python3 packaging/dev.py check
    python3 packaging/dev.py bench [--only NAME] [--json]

It gets uv (from PATH, else with pip or venv into .tools/), installs the locked environment into .venv, and on Debian
and Ubuntu the system packages that are missing: as root it does so itself, else it prints the one line to run. A
second run finds everything in place and needs no network. Exit code: the job's own, 1 where something could not be
had, 2 for wrong usage.

The settings of pip and uv (PIP_*, UV_*) and of proxies are left as they are, and handed from pip to uv where only
pip has them.
"""

# ruff: noqa: UP006, UP031, UP032, UP035, UP036, UP045  # the Python that starts this may be far older than the project's

import os
import re
import shutil
import subprocess
import sys

# The syntax of Python 3.6 throughout, so that an old system Python ends with this sentence and no traceback.
if sys.version_info < (3, 8):
    sys.exit(
        "Python %d.%d is too old to start this script: it needs 3.8 or newer (the project itself gets 3.11 or newer). "
        "Nothing was changed; install a newer python3 and run it again." % sys.version_info[:2]
    )

from pathlib import Path
from typing import Dict, List, NoReturn, Optional, Sequence, Tuple

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
WINDOWS = os.name == "nt"

OLDEST_UV = (0, 5)
"""Earlier ones read neither this lock file's revision nor [dependency-groups]."""

COVERED = ("domain", "drift", "notes", "services")
LEAST_COVERAGE = 90
"""Per cent of lines and branches, over the packages above together."""

FROM_PIP_TO_UV = (("PIP_CERT", "SSL_CERT_FILE"), ("PIP_PROXY", "ALL_PROXY"), ("PIP_DEFAULT_TIMEOUT", "UV_HTTP_TIMEOUT"))

QT_PACKAGES = (
    "libegl1",
    "libgl1",
    "libdbus-1-3",
    "libfontconfig1",
    "libxkbcommon-x11-0",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-xkb1",
    "fonts-dejavu-core",
    "xvfb",
)
"""What Qt's xcb and offscreen platforms need of Debian, and a screen for where there is none."""


class CannotHave(Exception):  # noqa: N818  # it says what it means
    """Something that is needed cannot be had; the text is the sentence to show."""


def main(arguments: Sequence[str]) -> int:
    """Do the job that the first argument names; returns the exit code."""
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(__doc__)
        return 0 if arguments else 2
    job, rest = arguments[0], list(arguments[1:])
    if job not in JOBS:
        say("There is no job {!r}; choose one of {}.".format(job, ", ".join(JOBS)))
        return 2
    try:
        return JOBS[job](rest)
    except CannotHave as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:
        say("Stopped; what was installed before is kept.")
        return 130


def demo(rest: List[str]) -> int:
    """Prepare, then build the sample and analyse it."""
    uv = prepare()
    say("4/4 the demo …")
    return in_environment(uv, ["pilab", "demo", *rest])


def run(rest: List[str]) -> int:
    """Prepare, then run pilab."""
    uv = prepare()
    say("4/4 pilab …")
    return in_environment(uv, ["pilab", *rest])


def test(rest: List[str]) -> int:
    """Prepare, then run the tests: all of them with coverage, or what the arguments choose without.

    pytest's closing line is the last of the output.
    """
    uv = prepare(testing=True)
    say("4/4 the tests …")
    command = ["python", "-m", "pytest", "-n", str(min(os.cpu_count() or 2, 8))]
    if rest:
        return in_environment(uv, [*command, *rest])
    command += ["--cov", "--cov-report=term:skip-covered"]
    code, closing_line = run_holding_last_line(uv_run(uv, command))
    covered = in_environment(uv, coverage_of_the_pure_packages()) if code == 0 else 0
    if covered != 0:
        print(f"Coverage of {', '.join(COVERED)} is below {LEAST_COVERAGE} %; see the table above.", flush=True)
    print(closing_line, flush=True)
    return code or (1 if covered else 0)


def check(rest: List[str]) -> int:
    """Prepare, then lint, types and contracts; all of them run, whichever fails."""
    if rest:
        say("check takes no arguments.")
        return 2
    uv = prepare()
    say("4/4 lint, types and contracts …")
    tools = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["lint-imports"])
    failed = [" ".join(tool) for tool in tools if in_environment(uv, tool) != 0]
    say("Not clean: {}.".format(", ".join(failed)) if failed else "Clean.")
    return 1 if failed else 0


def bench(rest: List[str]) -> int:
    """Prepare with the tools to compare against, then measure."""
    uv = prepare(groups=("bench",))
    say("4/4 the benchmarks …")
    return in_environment(uv, ["python", "-m", "tests.bench", *rest])


JOBS = {"demo": demo, "test": test, "run": run, "check": check, "bench": bench}


def say(text: str) -> None:
    """One line for the person, beside the job's own output."""
    print(text, file=sys.stderr, flush=True)


def prepare(*, testing: bool = False, groups: Tuple[str, ...] = ()) -> str:
    """uv, the system's packages and the locked environment; returns how to call uv."""
    say("1/4 uv …")
    uv = find_uv() or get_uv()
    say("2/4 the system's packages …")
    install_system_packages(testing=testing)
    say("3/4 the locked environment …")
    sync(uv, groups)
    return uv


def environment() -> Dict[str, str]:
    """The environment for uv: ours, and what pip is told about certificates, proxies and waiting."""
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    for pips, uvs in FROM_PIP_TO_UV:
        if pips in env:
            env.setdefault(uvs, env[pips])
    return env


def call(command: Sequence[str]) -> int:
    """Run a program in the checkout, its output shown; 127 where there is no such program."""
    try:
        return subprocess.call(list(command), cwd=str(ROOT), env=environment())
    except OSError as problem:
        say(f"{command[0]} could not be started: {problem}.")
        return 127


def answer(command: Sequence[str]) -> Optional[str]:
    """What a program prints, or None where it fails or is not there."""
    try:
        output = subprocess.check_output(list(command), cwd=str(ROOT), env=environment(), stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return None
    return output.decode(errors="replace")


def uv_run(uv: str, command: Sequence[str]) -> List[str]:
    """The command line that runs a program of the environment, which `sync` has made."""
    return [uv, "run", "--frozen", "--no-sync", *command]


def in_environment(uv: str, command: Sequence[str]) -> int:
    """Run a program of the environment."""
    return call(uv_run(uv, command))


def find_uv() -> Optional[str]:
    """A uv that works and is new enough: on PATH, or got by an earlier run."""
    folders = [TOOLS / kind / scripts for kind in ("uv", "venv") for scripts in ("bin", "Scripts")]
    own = [str(folder / ("uv.exe" if WINDOWS else "uv")) for folder in folders]
    for candidate in [shutil.which("uv"), *own]:
        numbers = re.findall(r"\d+", answer([candidate, "--version"]) or "") if candidate else []
        if candidate and tuple(int(number) for number in numbers[:2]) >= OLDEST_UV:
            return candidate
    return None


def get_uv() -> str:
    """Install uv below .tools/, with pip where there is one, else in a venv of its own."""
    wanted = "uv>={}.{}".format(*OLDEST_UV)
    if answer([sys.executable, "-m", "pip", "--version"]):
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--target", str(TOOLS / "uv"), wanted]
        uv = find_uv() if call(pip) == 0 else None
        if uv:
            return uv
    if not make_venv(TOOLS / "venv") and is_debian():
        if not is_root():
            raise CannotHave("Python's venv is missing: run sudo apt-get install -y python3-venv and then this again.")
        apt_install(["python3-venv"])
        make_venv(TOOLS / "venv")
    python = TOOLS / "venv" / ("Scripts" if WINDOWS else "bin") / ("python.exe" if WINDOWS else "python")
    uv = find_uv() if call([str(python), "-m", "pip", "install", "--quiet", wanted]) == 0 else None
    if uv:
        return uv
    raise CannotHave(
        "uv could not be had: neither pip nor venv could install it (what they said stands above). Check the network "
        "and pip's settings, or install uv by hand (https://docs.astral.sh/uv), then run this again."
    )


def make_venv(folder: Path) -> bool:
    """A virtual environment with pip; Debian's Python cannot make one without its package python3-venv."""
    shutil.rmtree(str(folder), ignore_errors=True)
    return answer([sys.executable, "-m", "venv", str(folder)]) is not None


def sync(uv: str, groups: Tuple[str, ...]) -> None:
    """Install what the lock file names, and nothing else; what an earlier job added stays."""
    options = [word for group in groups for word in ("--group", group)]
    if call([uv, "sync", "--frozen", "--inexact", *options, "--compile-bytecode"]) == 0:
        return
    index = pips_index()
    if index and sync_from(index, uv, options):
        return
    if answer([uv, "python", "find", ">=3.11"]) is None:
        raise CannotHave(
            "The project needs Python 3.11 or newer, which is not here, and uv could not fetch one (what it said "
            "stands above). Install it, then run this again; what was fetched is kept."
        )
    raise CannotHave(
        "The locked environment could not be installed (what uv said stands above). Check the network, the proxy and "
        "the free space, then run this again; what was fetched is kept."
    )


def pips_index() -> Optional[str]:
    """The package index of the house that pip is told of, and that uv does not ask by itself."""
    if os.environ.get("PIP_INDEX_URL"):
        return os.environ["PIP_INDEX_URL"]
    found = re.search(r"\.index-url='([^']+)'", answer([sys.executable, "-m", "pip", "config", "list"]) or "")
    return found.group(1) if found else None


def sync_from(index: str, uv: str, options: Sequence[str]) -> bool:
    """The same versions with the same hashes from another index: the lock file names the public one's addresses."""
    say("    once more, from the index that pip is set to …")
    os.environ.setdefault("UV_DEFAULT_INDEX", index)
    folder = os.environ.get("UV_PROJECT_ENVIRONMENT") or str(ROOT / ".venv")
    listing = TOOLS / "locked.txt"
    TOOLS.mkdir(exist_ok=True)
    export = [uv, "export", "--frozen", "--quiet", "--no-emit-project", "--output-file", str(listing), *options]
    into = [uv, "pip", "install", "--quiet", "--python", folder]
    steps = (
        export,
        [uv, "venv", "--quiet", "--allow-existing", "--python", ">=3.11", folder],
        [*into, "--require-hashes", "--requirements", str(listing)],
        [*into, "--no-deps", "--editable", str(ROOT)],
    )
    return all(call(step) == 0 for step in steps)


def is_debian() -> bool:
    """Whether this is Debian or one of its children."""
    return shutil.which("apt-get") is not None and shutil.which("dpkg-query") is not None


def is_root() -> bool:
    """Whether packages can be installed without asking."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def install_system_packages(*, testing: bool) -> None:
    """Install what is missing, or say how; nothing here stops the job, which may do without."""
    if not is_debian():
        if shutil.which("git") is None:
            say("    git is missing: {}".format(hint_for_git()))
        return
    needed = missing_packages(window=needs_a_window())
    wished = ["postgresql"] if testing and not has_postgres() else []
    if not needed and not wished:
        return
    if not is_root():
        say("    missing; run: sudo apt-get install -y --no-install-recommends {}".format(" ".join(needed + wished)))
    elif not apt_install(needed + wished):
        # one package that this release does not have must not keep the others away
        refused = [package for package in needed + wished if not apt_install([package], refresh=False)]
        if refused:
            say("    not to be had here: {}; what needs it says so.".format(", ".join(refused)))


def hint_for_git() -> str:
    """How to get git where there is no apt-get."""
    if WINDOWS:
        return "run winget install Git.Git"
    return "run xcode-select --install" if sys.platform == "darwin" else "install it with your package manager"


def needs_a_window() -> bool:
    """Whether the locked environment holds Qt."""
    try:
        return 'name = "pyside6' in (ROOT / "uv.lock").read_text(encoding="utf-8").lower()
    except OSError:
        return False


def missing_packages(*, window: bool) -> List[str]:
    """git, and Qt's libraries where there is a window, as far as they are not installed."""
    missing = [] if shutil.which("git") else ["git"]
    if window:
        listing = answer(["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\\n"]) or ""
        installed = {line.split()[0] for line in listing.splitlines() if line.endswith(" installed")}
        missing += [package for package in QT_PACKAGES if package not in installed]
    return missing


def has_postgres() -> bool:
    """Whether PostgreSQL's server programs are here; Debian keeps them off PATH."""
    return shutil.which("initdb") is not None or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def apt_install(packages: Sequence[str], *, refresh: bool = True) -> bool:
    """Install packages, with fresh lists where the ones here do not do."""
    os.environ.setdefault("DEBIAN_FRONTEND", "noninteractive")
    say("    installing {} …".format(" ".join(packages)))
    install = ["apt-get", "-o", "DPkg::Lock::Timeout=120", "-qq", "install", "-y", "--no-install-recommends", *packages]
    if quietly(install) == 0:
        return True
    return refresh and quietly(["apt-get", "-qq", "update"]) == 0 and quietly(install) == 0


def quietly(command: Sequence[str]) -> int:
    """Run a program; its output is shown only where it fails."""
    try:
        subprocess.check_output(list(command), env=environment(), stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    except subprocess.CalledProcessError as failed:
        say(failed.output.decode(errors="replace").rstrip())
        return failed.returncode
    return 0


def coverage_of_the_pure_packages() -> List[str]:
    """The command that fails where the packages that hold the rules are not covered enough."""
    include = ",".join(f"pilab_desktop/{package}/**" for package in COVERED)
    return ["python", "-m", "coverage", "report", f"--include={include}", f"--fail-under={LEAST_COVERAGE}"]


def run_holding_last_line(command: Sequence[str]) -> Tuple[int, str]:
    """Run a program and pass its output on as it comes, but for the last line that is not blank: that is returned."""
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    held: List[bytes] = []
    with subprocess.Popen([*command, *colour], cwd=str(ROOT), env=environment(), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip():
                write(held)
                held = []
            held.append(line)
    return process.returncode, b"".join(held).decode(errors="replace").rstrip()


def write(lines: Sequence[bytes]) -> None:
    """Pass lines on as they are."""
    sys.stdout.buffer.writelines(lines)
    sys.stdout.buffer.flush()


def entry() -> NoReturn:
    """Start from the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a Windows console may not know the ellipsis
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    entry()
