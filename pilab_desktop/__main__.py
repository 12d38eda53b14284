"""The program's entry: parse arguments, hand over to the shell."""

import sys


def main() -> None:
    """Run the shell on this process's arguments and end with its exit code."""
    from pilab_desktop.bootstrap import LocalProgram
    from pilab_desktop.cli.app import run

    sys.exit(run(sys.argv[1:], LocalProgram()))


if __name__ == "__main__":
    main()
