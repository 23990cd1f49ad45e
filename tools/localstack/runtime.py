"""The program in a Lambda environment of Python here, as runtime.js is in one of Node.

Not the awslambdaric package: its native part is compiled at installation, too.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import http.client
import importlib
import importlib.machinery
import json
import os
import sys
import time
import traceback
from pathlib import Path
from types import SimpleNamespace

HOST, _, SECRET = os.environ["AWS_LAMBDA_RUNTIME_API"].partition("/")
API = "/".join(["", *([SECRET] if SECRET else []), "2018-06-01/runtime"])
#: Where the header of an ELF file names its machine.
MACHINE = slice(18, 20)


def call(path, body=None, headers=None):
    """One connection keeps an answer and the next question in order. It ends with LocalStack, and this process with it."""
    CONNECTION.request("GET" if body is None else "POST", API + path, body, headers or {})
    response = CONNECTION.getresponse()
    return response.read(), response.headers


def is_foreign(library):
    """Whether it was compiled for another machine or Python, as those of a function for arm64 are."""
    tagged = ".cpython-" in library.name and not library.name.endswith(importlib.machinery.EXTENSION_SUFFIXES[0])
    with library.open("rb") as ours, Path(sys.executable).open("rb") as executable:
        return tagged or ours.read(20)[MACHINE] != executable.read(20)[MACHINE]


class OwnPackages:
    """Finds this interpreter's packages in place of foreign ones in the function's code, which comes first else, as on AWS."""

    def __init__(self, root):
        self.path = list(sys.path)
        self.names = {path.relative_to(root).parts[0] for path in root.rglob("*.so") if is_foreign(path)}

    def find_spec(self, name, _path=None, _target=None):
        return importlib.machinery.PathFinder.find_spec(name, self.path) if name in self.names else None


def describe(error):
    trace = traceback.format_tb(error.__traceback__)
    return {"errorType": type(error).__name__, "errorMessage": str(error), "stackTrace": trace}


def report_error(path, error):
    described = describe(error)
    print(f"[ERROR] {described['errorType']}: {described['errorMessage']}", *described["stackTrace"], flush=True)
    call(path, json.dumps(described), {"Lambda-Runtime-Function-Error-Type": described["errorType"]})


def load_handler():
    root = Path(os.environ["LAMBDA_TASK_ROOT"])
    sys.meta_path.insert(0, OwnPackages(root))
    sys.path.insert(0, str(root))
    module, _, name = os.environ["_HANDLER"].rpartition(".")
    return getattr(importlib.import_module(module.replace("/", ".")), name)


def context_of(headers):
    env = os.environ
    deadline_ms = int(headers["Lambda-Runtime-Deadline-Ms"])
    return SimpleNamespace(
        aws_request_id=headers["Lambda-Runtime-Aws-Request-Id"],
        invoked_function_arn=headers["Lambda-Runtime-Invoked-Function-Arn"],
        function_name=env.get("AWS_LAMBDA_FUNCTION_NAME"),
        function_version=env.get("AWS_LAMBDA_FUNCTION_VERSION"),
        memory_limit_in_mb=env.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"),
        log_group_name=env.get("AWS_LAMBDA_LOG_GROUP_NAME"),
        log_stream_name=env.get("AWS_LAMBDA_LOG_STREAM_NAME"),
        get_remaining_time_in_millis=lambda: max(0, deadline_ms - round(time.time() * 1000)),
    )


def serve(handler):
    while True:
        body, headers = call("/invocation/next")
        request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        try:
            answer = json.dumps(handler(json.loads(body), context_of(headers)))
        except Exception as error:  # noqa: BLE001 -- whatever it is, the caller is told
            report_error(f"/invocation/{request_id}/error", error)
        else:
            call(f"/invocation/{request_id}/response", answer)


CONNECTION = http.client.HTTPConnection(HOST)
try:
    handle = load_handler()
except BaseException as error:  # noqa: BLE001 -- sys.exit among them
    report_error("/init/error", error)
    sys.exit(1)
serve(handle)
