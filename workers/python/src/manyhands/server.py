"""The queues of a server that speaks SQS and is no stack, such as ElasticMQ, by a URL such as `sqs+http://hub:9324`."""

from __future__ import annotations

import json
import os
import re

from .aws import client
from .errors import InvalidInputError
from .ports import MAX_RECEIVE_COUNT

FORM = re.compile(r"^sqs\+(https?://[^/?#@]+)(?:/([A-Za-z0-9_-]{1,60}))?/?$")
DEFAULT_PREFIX = "manyhands"
#: As shared/ports/aws/sqs-queues.ts has them: a queue that is made again with the same attributes stays as it is.
ATTRIBUTES = {"VisibilityTimeout": "30", "MessageRetentionPeriod": str(14 * 24 * 60 * 60)}


def is_server_url(text: str) -> bool:
    return text.startswith(("sqs+http:", "sqs+https:"))


def queues_of_server(url: str) -> tuple[str, str]:
    """The URLs of its chunk and result queues, which are made where they are missing. This process and its children find the server in the
    environment from now on. Raises InvalidInputError."""
    form = FORM.match(url)
    if form is None:
        raise InvalidInputError("--queue", "a URL such as sqs+http://host:9324 or sqs+https://host/prefix", url)
    os.environ["AWS_ENDPOINT_URL_SQS"] = form[1]
    os.environ.setdefault("AWS_DEFAULT_REGION", os.environ.get("AWS_REGION") or "us-east-1")
    sqs = client("sqs", None)

    def make(name: str, dead_letters: str | None = None) -> str:
        attributes = dict(ATTRIBUTES)
        if dead_letters is not None:
            arn = sqs.get_queue_attributes(QueueUrl=dead_letters, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
            policy = {"deadLetterTargetArn": arn, "maxReceiveCount": MAX_RECEIVE_COUNT}
            attributes["RedrivePolicy"] = json.dumps(policy, separators=(",", ":"))
        queue = f"{form[2] or DEFAULT_PREFIX}-{name}"
        return str(sqs.create_queue(QueueName=queue, Attributes=attributes)["QueueUrl"])

    try:
        return make("chunks", make("chunks-dead")), make("results", make("results-dead"))
    except Exception as error:
        raise InvalidInputError("--queue", "a server that answers", f"{url} ({error})") from error
