"""The shell's root: global options, the nouns, and what failures come to (cli.md)."""

import _thread
import contextlib
import errno
import importlib
import os
import signal
import sys
import traceback
from collections.abc import Collection, Sequence
from pathlib import Path
from types import FrameType, ModuleType
from typing import Annotated

import typer

from pilab_desktop import __version__
from pilab_desktop.cli.options import UsageError, without_password
from pilab_desktop.cli.output import TerminalProgress, say, speak_utf8, tell
from pilab_desktop.cli.session import Program, Session
from pilab_desktop.domain.errors import CancelledError, NotPermittedError, PilabError, UnreachableError
from pilab_desktop.ports.progress import Work

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_NOT_PERMITTED = 4
EXIT_UNREACHABLE = 5
EXIT_INTERRUPTED = 130
_EXIT_CODES = {UsageError: EXIT_USAGE, NotPermittedError: EXIT_NOT_PERMITTED, UnreachableError: EXIT_UNREACHABLE}

# Only the noun that is asked for is loaded; the others stand in the help by their line.
NOUNS = {
    "project": "Projects.",
    "env": "Environments and their variables.",
    "repo": "Repositories.",
    "manifest": "The master manifest: what runs where.",
    "drift": "Drift reports: what would change.",
    "notes": "Release notes: what do we tell people.",
    "ticket": "Tickets: where their commits are.",
    "workspace": "The workspace: where the state lies.",
    "audit": "The audit log: who did what.",
}
VERBS = {
    "demo": "Make the sample workspace on real repositories, analyse it, write release notes.",
    "quickstart": "Compare two refs of a repository, and write the drift report and the release notes.",
    "doctor": "Check versions, git, the workspace and the keyring; each failure says its mend.",
}


def _print_version(wanted: bool) -> None:
    if wanted:
        say(f"pilab {__version__}")
        raise typer.Exit


def root(
    workspace: Annotated[
        str | None,
        typer.Option(
            "--workspace", envvar="PILAB_WORKSPACE", help="A SQLite file or postgresql://… that holds the state."
        ),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback where something fails.")] = False,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, help="Print the version.", callback=_print_version)
    ] = False,
) -> None:
    """What every command shares. The values were taken from the line before it was parsed."""
    del workspace, debug, version


def build(wanted: Collection[str]) -> typer.Typer:
    """The command tree, with the named nouns and verbs whole."""
    app = typer.Typer(
        name="pilab",
        help="What runs where, what a promotion would change, may it go, and what do we tell people.",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(root)
    for name, line in VERBS.items():
        command = getattr(_module(name), name) if name in wanted else _unloaded
        app.command(name, help=line)(command)
    for name, line in NOUNS.items():
        noun = _module(name).app if name in wanted else typer.Typer()
        if name not in wanted:
            noun.command("unloaded")(_unloaded)
        app.add_typer(noun, name=name, help=line)
    return app


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"pilab_desktop.cli.{name}")


def _unloaded() -> None:
    """Stands for a command that this run does not need."""


def run(arguments: Sequence[str], program: Program) -> int:
    """Run one command line; gives the exit code of cli.md."""
    speak_utf8()
    progress = TerminalProgress()
    try:
        rest, location, debug = _global_options(arguments)
    except UsageError as error:
        tell(error.sentence)
        return EXIT_USAGE
    session = Session(program, location=location, debug=debug, work=lambda cancel: Work(progress, cancel))

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        # On a thread of its own: the interrupted one may hold a lock that stopping needs; and not by `threading`, whose
        # own locks it may hold as well.
        _thread.start_new_thread(session.cancel.cancel, ())
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGINT, interrupted)
    try:
        with contextlib.closing(session):
            everything = {*NOUNS, *VERBS} if "_PILAB_COMPLETE" in os.environ else set(rest)
            code = build(everything)(args=rest, prog_name="pilab", standalone_mode=False, obj=session)
            sys.stdout.flush()
        if code == EXIT_INTERRUPTED:
            raise KeyboardInterrupt
        return code if isinstance(code, int) else 0
    except BrokenPipeError:
        # Who read us has gone, as `| head` does; that is no failure of ours.
        _leave_stdout()
        return 0
    except BaseException as error:  # noqa: BLE001 - whatever it is, it ends in one sentence and an exit code
        progress.clear()
        return _failed(error, debug=debug)
    finally:
        progress.clear()
        signal.signal(signal.SIGINT, previous)


def _failed(error: BaseException, *, debug: bool) -> int:
    if isinstance(error, typer.TyperException):
        said = error.format_message().rstrip()
        if said.startswith("Usage:"):  # a noun alone: its help is the answer
            tell(said)
        else:
            tell(f"{said}{'' if said.endswith(('.', '?')) else '.'} Add --help to see what it takes.")
        return error.exit_code
    if isinstance(error, SystemExit):  # who read us has gone, as `| head` does
        return 0
    if debug:
        traceback.print_exception(error)
    sentence, code = _sentence_and_code(error)
    tell(sentence)
    if isinstance(error, OSError):
        _leave_stdout()
    return code


def _leave_stdout() -> None:
    """What cannot be written now cannot be either when the interpreter ends, which would say so in its own words."""
    try:
        sys.stdout.flush()
    except OSError:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - it is open until the process ends


def _sentence_and_code(error: BaseException) -> tuple[str, int]:
    if isinstance(error, KeyboardInterrupt | typer.Abort | CancelledError):
        return "Stopped; what was saved before is kept.", EXIT_INTERRUPTED
    if isinstance(error, PilabError):
        return error.sentence, next(
            (code for kind, code in _EXIT_CODES.items() if isinstance(error, kind)), EXIT_FAILED
        )
    if isinstance(error, OSError):
        return _refused(error), EXIT_FAILED
    if isinstance(error, MemoryError):
        return "There is not enough memory for this; what was saved before is kept.", EXIT_FAILED
    name = type(error).__name__
    return f"This is a bug: {name}. Run it again with --debug and report what it prints.", EXIT_FAILED


def _refused(error: OSError) -> str:
    """What the operating system said, in a sentence."""
    name = error.filename if isinstance(error.filename, str) else None
    match error.errno:
        case errno.ENOENT if name:
            return f"There is no file or folder {name}; check the name."
        case errno.EISDIR if name:
            return f"{name} is a folder, where a file is needed."
        case errno.EACCES | errno.EPERM | errno.EROFS if name:
            return f"{name} may not be read or written ({error.strerror}); nothing of it was changed."
        case errno.ENOSPC | errno.EFBIG:
            return "There is no room left to write; what was saved before is kept. Make room, then try again."
    return f"The system refused: {error.strerror or error}{f' ({name})' if name else ''}."


def _global_options(arguments: Sequence[str]) -> tuple[list[str], str | None, bool]:
    """`--workspace` and `--debug` may stand anywhere on the line. Raises UsageError for a password in an address."""
    rest: list[str] = []
    location = os.environ.get("PILAB_WORKSPACE") or None
    debug = False
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument == "--debug":
            debug = True
        elif argument == "--workspace":
            location = next(waiting, None)
            if location is None:
                rest.append(argument)  # the parser says what is missing
            else:
                without_password(location)
        elif argument.startswith("--workspace="):
            location = without_password(argument.partition("=")[2])
        else:
            rest.append(argument)
    return rest, location, debug
