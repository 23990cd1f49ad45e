"""The LocalStack process: `python -m manyhands_localstack`, started by supervisor.py. Ends with its standard input."""

import os
import sys
import threading


def end_with_supervisor() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    from manyhands_localstack import loopback_only, uuid_names

    loopback_only.install()  # before anything of LocalStack is imported
    uuid_names.install()  # here and not in plugins.py: a stack may make its key before it has a function
    threading.Thread(target=end_with_supervisor, daemon=True).start()

    from localstack.runtime.main import main

    main()
