"""Mends LocalStack's treatment of a function's logs.

- It ignores LoggingConfig.LogGroup, which is what CDK's `logGroup` sets.
- A call that is running when its function is updated finishes after the version's log thread: its lines
  were lost.
- It asks for CreateLogGroup whenever a stream is new; Lambda does only if the group is missing.
"""

import logging
import time

from localstack.aws.connect import connect_to
from localstack.services.lambda_.invocation.execution_environment import ExecutionEnvironment
from localstack.services.lambda_.invocation.logs import LogHandler, LogItem
from localstack.utils.aws.client_types import ServicePrincipal

LOG = logging.getLogger(__name__)
default_group = ExecutionEnvironment.get_log_group_name


def install() -> None:
    ExecutionEnvironment.get_log_group_name = group_name
    # The thread that answers a call writes its log first, so a caller with the answer finds the log complete.
    LogHandler.start_subscriber = lambda handler: None
    LogHandler.add_logs = write


def group_name(environment: ExecutionEnvironment) -> str:
    configured = environment.function_version.config.logging_config or {}
    return configured.get("LogGroup") or default_group(environment)


def write(handler: LogHandler, item: LogItem) -> None:
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": f"{line}\n"} for line in item.logs.split("\n") if line]
    where = {"logGroupName": item.log_group, "logStreamName": item.log_stream}
    try:
        put(logs_client(handler), where, events)
    except Exception as error:  # noqa: BLE001 (a log that is lost ends no invocation)
        LOG.warning("Writing to %s failed: %s", item.log_group, error)


def put(client, where: dict, events: list[dict]) -> None:
    try:
        client.put_log_events(**where, logEvents=events)
        return
    except client.exceptions.ResourceNotFoundException:
        pass
    try:
        client.create_log_stream(**where)
    except client.exceptions.ResourceNotFoundException:
        client.create_log_group(logGroupName=where["logGroupName"])
        client.create_log_stream(**where)
    client.put_log_events(**where, logEvents=events)


def logs_client(handler: LogHandler):
    """A client with the function's role, as Lambda has one; kept, because each new client asks STS for keys."""
    if not hasattr(handler, "client"):
        handler.client = connect_to.with_assumed_role(
            region_name=handler.region, role_arn=handler.role_arn, service_principal=ServicePrincipal.lambda_
        ).logs
    return handler.client
