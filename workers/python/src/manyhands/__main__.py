"""`python -m manyhands`."""

from __future__ import annotations

import argparse
import sys

from .asked import bundle, compute, describe, time_kernel
from .errors import InvalidInputError
from .slot import run_slot
from .worker import add_worker_options, run_worker

#: Commands of manyhands itself, and their arguments.
ASKED = {
    "bundle": ["into", "architecture", "files"],
    "compute": ["artifact", "file"],
    "describe": ["file"],
    "slot": ["artifact", "file", "name"],
    "time": ["artifact", "file"],
}


def main(arguments: list[str] | None = None) -> int:
    """Exit codes: 0 all is well, 2 bad input."""
    parser = argparse.ArgumentParser(
        prog="python -m manyhands", description="manyhands in Python: a worker, and kernels."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    add_worker_options(commands.add_parser("worker", help="take chunks from a queue, compute and store them"))
    for name, arguments_of in ASKED.items():
        asked = commands.add_parser(name)  # without help: these are for manyhands itself
        for each in arguments_of:
            asked.add_argument(each, nargs="+" if each == "files" else None)
    options = parser.parse_args(arguments)
    try:
        if options.command == "worker":
            return run_worker(options)
        if options.command == "bundle":
            return bundle(options.into, options.architecture, options.files)
        if options.command == "slot":
            return run_slot(options.name, options.artifact, options.file)
        if options.command == "time":
            return time_kernel(options.artifact, options.file)
        if options.command == "compute":
            return compute(options.artifact, options.file)
        return describe(options.file)
    except InvalidInputError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
