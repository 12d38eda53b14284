"""The program's entry: parse arguments, hand over to the shell."""

import gc
import signal
import sys


def main() -> None:
    """Run the shell on this process's arguments and end with its exit code."""
    # Until the shell listens itself, Ctrl-C ends the process without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # A run makes many small values and keeps most: looking for cycles after every 700 takes a tenth of its time.
    gc.set_threshold(100_000, 20, 100)
    from pilab_desktop.bootstrap import LocalProgram
    from pilab_desktop.cli.app import run

    sys.exit(run(sys.argv[1:], LocalProgram()))


if __name__ == "__main__":
    main()
