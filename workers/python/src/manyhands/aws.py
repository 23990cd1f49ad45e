"""Store and queues on S3 and SQS, by boto3; which finds region, keys and endpoint in the environment, or in the user's profile."""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .errors import InvalidInputError, ManyhandsError, UnusableObjectError
from .ports import Received

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

MESSAGES_A_REQUEST = 10
#: What SQS takes in one request, and what a message has beside its body.
REQUEST_BYTES = 262_144
MESSAGE_OVERHEAD = 1_000
ATTEMPTS = 5
#: A worker that dies gives its message back after this long at most.
HIDDEN_SECONDS = 30


def client(service: str, endpoint_url: str | None) -> Any:
    """A client of boto3. Raises InvalidInputError where it is not installed, or knows no region."""
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise InvalidInputError(
            "boto3", "installed", "none", "pip install './workers/python[sqs]' in the checkout of manyhands."
        ) from None
    is_elsewhere = endpoint_url or os.environ.get("AWS_ENDPOINT_URL_S3")
    config = Config(
        retries={"mode": "standard", "max_attempts": ATTEMPTS}, s3={"addressing_style": "path"} if is_elsewhere else {}
    )
    try:
        region = os.environ.get("AWS_REGION")  # boto3 itself reads AWS_DEFAULT_REGION and the profile
        return boto3.client(service, region_name=region, endpoint_url=endpoint_url, config=config)  # type: ignore[call-overload]
    except (BotoCoreError, ValueError) as error:
        raise InvalidInputError(service, "reachable by AWS_REGION and --endpoint-url", error) from error


class S3Store:
    def __init__(self, s3: S3Client, bucket: str, prefix: str = "") -> None:
        self.s3 = s3
        self.bucket = bucket
        self.prefix = prefix

    def get(self, key: str, most_bytes: int | None = None) -> bytes | None:
        try:
            answer = self.s3.get_object(Bucket=self.bucket, Key=self.prefix + key)
        except self.s3.exceptions.ClientError as error:
            if _code_of(error) == "NoSuchKey":
                return None
            raise _as_ours(error, key) from error
        with answer["Body"] as body:
            return b"" if most_bytes is not None and answer["ContentLength"] > most_bytes else body.read()

    def put(self, key: str, data: bytes) -> None:
        try:
            self.s3.put_object(Bucket=self.bucket, Key=self.prefix + key, Body=data)
        except self.s3.exceptions.ClientError as error:
            raise _as_ours(error, key) from error

    def put_if_absent(self, key: str, data: bytes) -> bool:
        for attempt in range(ATTEMPTS):
            try:
                self.s3.put_object(Bucket=self.bucket, Key=self.prefix + key, Body=data, IfNoneMatch="*")
            except self.s3.exceptions.ClientError as error:
                if _code_of(error) == "PreconditionFailed":
                    return False
                # Another writer is at it: S3 wants the upload again.
                if _code_of(error) != "ConditionalRequestConflict" or attempt == ATTEMPTS - 1:
                    raise _as_ours(error, key) from error
            else:
                return True
        return False


class SqsQueue:
    #: While it is worked on a message is hidden anew for this long, whatever the queue's own timeout: asking for that takes a further right.
    visibility_seconds = HIDDEN_SECONDS

    def __init__(self, sqs: SQSClient, url: str) -> None:
        self.sqs = sqs
        self.url = url

    def receive(self, wait_seconds: int) -> Received | None:
        answer = self.sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=1,
            WaitTimeSeconds=wait_seconds,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        for message in answer.get("Messages", []):
            count = int(message["Attributes"]["ApproximateReceiveCount"])
            return Received(message["MessageId"], message["Body"], count, message["ReceiptHandle"], self.url)
        return None

    def acknowledge(self, message: Received) -> None:
        entry = {"Id": "0", "ReceiptHandle": message.handle}
        self.sqs.delete_message_batch(QueueUrl=self.url, Entries=[entry])  # type: ignore[list-item]

    def postpone(self, message: Received, seconds: int) -> None:
        self.sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=message.handle, VisibilityTimeout=seconds)

    def send(self, bodies: Iterable[str], delay_seconds: int = 0) -> None:
        """Raises ManyhandsError where the queue refuses some after repeated attempts."""
        delay = {"DelaySeconds": delay_seconds} if delay_seconds else {}
        for batch in _batches(bodies):
            waiting = batch
            for _ in range(ATTEMPTS):
                entries = [{"Id": str(k), "MessageBody": body, **delay} for k, body in enumerate(waiting)]
                answer = self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)  # type: ignore[arg-type]
                refused = answer.get("Failed", [])
                waiting = [waiting[int(each["Id"])] for each in refused]
                if not waiting:
                    break
            else:
                raise ManyhandsError(f"Expected the queue to take every message, {len(waiting)} were refused.")


def _batches(bodies: Iterable[str]) -> Iterable[list[str]]:
    """Ten messages a request at most, and as many bytes as it takes. Bodies are ASCII."""
    part: list[str] = []
    size = 0
    for body in bodies:
        more = len(body) + MESSAGE_OVERHEAD
        if part and (len(part) == MESSAGES_A_REQUEST or size + more > REQUEST_BYTES):
            yield part
            part, size = [], 0
        part.append(body)
        size += more
    if part:
        yield part


def _code_of(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _as_ours(error: Any, key: str) -> Exception:
    if _code_of(error) != "InvalidObjectState":
        return error  # type: ignore[no-any-return]
    said = error.response.get("Error", {}).get("Message", "")
    return UnusableObjectError(f"Expected {key} to be an object that can be used, got {said or 'InvalidObjectState'}")


def outputs_of_stack(stack: str, endpoint_url: str | None) -> dict[str, str]:
    """The outputs of a deployed stack. Raises InvalidInputError."""
    try:
        stacks = client("cloudformation", endpoint_url).describe_stacks(StackName=stack)["Stacks"]
    except InvalidInputError:
        raise
    except Exception as error:
        raise InvalidInputError("--queue", "the URL of a queue, or sqs://<stack>", f"{stack} ({error})") from error
    return {each["OutputKey"]: each["OutputValue"] for found in islice(stacks, 1) for each in found.get("Outputs", [])}


def is_queue_url(text: str) -> bool:
    return urlsplit(text).scheme in ("http", "https")
