"""The plug-ins that LocalStack finds by the entry points in pyproject.toml."""

import os

from localstack.runtime import hooks
from localstack.runtime.server.core import RuntimeServerPlugin
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin


class ExecutorPlugin(RuntimeExecutorPlugin):
    """LAMBDA_RUNTIME_EXECUTOR=manyhands: environments are processes, their logs are complete, mappings scale."""

    name = "manyhands"

    def load(self, *args, **kwargs):
        # Imported here and not above: together these load half of LocalStack, and nothing else needs them.
        from manyhands_localstack import kept_code, logs, pollers, retained
        from manyhands_localstack.executor import ProcessExecutor

        kept_code.install()
        logs.install()
        pollers.install()
        retained.install()
        return ProcessExecutor


class ServerPlugin(RuntimeServerPlugin):
    """GATEWAY_SERVER=manyhands: the gateway listens where GATEWAY_LISTEN says."""

    name = "manyhands"

    def load(self, *args, **kwargs):
        from manyhands_localstack.server import BoundServer

        return BoundServer()


@hooks.on_infra_start()
def log_requests():
    """MANYHANDS_API_LOG=<file>: one JSON line for each request."""
    if path := os.environ.get("MANYHANDS_API_LOG"):
        from localstack.aws import handlers

        from manyhands_localstack.api_log import ApiLog

        handlers.run_custom_response_handlers.append(ApiLog(path))
