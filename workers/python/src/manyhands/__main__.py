"""`python -m manyhands`."""

from __future__ import annotations

import argparse
import json
import sys

from .bundle import add_bundle_options, run_bundle
from .errors import InvalidInputError
from .kernel_file import load_kernel_file
from .worker import add_worker_options, run_worker


def main(arguments: list[str] | None = None) -> int:
    """Exit codes: 0 all is well, 2 bad input."""
    parser = argparse.ArgumentParser(
        prog="python -m manyhands", description="manyhands in Python: a worker, and kernels."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    add_worker_options(commands.add_parser("worker", help="take chunks from a queue, compute and store them"))
    add_bundle_options(
        commands.add_parser("bundle", help="make a function for AWS Lambda of files with kernels, as `pythonKernels` of a deployment does")
    )
    declare = commands.add_parser("declare", help="print what a file's kernel declares, as job.json has it")
    declare.add_argument("file")
    options = parser.parse_args(arguments)
    try:
        if options.command == "worker":
            return run_worker(options)
        if options.command == "bundle":
            return run_bundle(options)
        kernel = load_kernel_file(options.file)
        print(json.dumps({"name": kernel.name, "hash": kernel.hash, "declaration": kernel.to_json()}))
    except InvalidInputError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
