"""One JSON line for each request that reaches the gateway.

{"accessKeyId", "roleArn"?, "internal", "service", "operation", "parameters", "status"}: `roleArn` if the
key belongs to an assumed role (each Lambda environment works with such a key), `internal` if LocalStack
itself called, e.g. for an event source mapping, `parameters` the short scalar ones as the API names them.
"""

import json
import re
import threading

KEY = re.compile(r"Credential=([^/,\s]+)")
CONTENT = {"Body", "MessageBody", "Payload", "TemplateBody", "PolicyDocument", "AssumeRolePolicyDocument"}
LONGEST = 1024


class ApiLog:
    """A response handler: unlike a request handler, it sees failed requests too."""

    def __init__(self, path: str):
        self._file = open(path, "a", encoding="utf-8", buffering=1)  # noqa: SIM115 (open as long as LocalStack runs)
        self._lock = threading.Lock()
        self._roles: dict[str, str] = {}

    def __call__(self, chain, context, response):
        if not context.operation:
            return
        self._remember_role(context)
        key = access_key_id(context.request)
        role = self._roles.get(key) if key else None
        line = {
            "accessKeyId": key,
            **({"roleArn": role} if role else {}),
            "internal": bool(context.is_internal_call),
            "service": context.service.service_name,
            "operation": context.operation.name,
            "parameters": named(context.service_request or {}),
            "status": response.status_code,
        }
        with self._lock:
            self._file.write(json.dumps(line) + "\n")

    def _remember_role(self, context) -> None:
        """LocalStack gets an environment's keys from its own STS, through this gateway like every other
        client."""
        if context.operation.name == "AssumeRole" and context.service_response:
            issued = context.service_response.get("Credentials")
            if issued:
                self._roles[issued["AccessKeyId"]] = context.service_request["RoleArn"]


def access_key_id(request) -> str | None:
    """From the address of a presigned URL, else from the signature; LocalStack signs requests that come
    without either."""
    if credential := request.args.get("X-Amz-Credential"):
        return credential.split("/")[0]
    match = KEY.search(request.headers.get("Authorization", ""))
    return match[1] if match else None


def named(parameters: dict) -> dict:
    """What the call is about. Objects to delete come in a list, and the first stands for all of them."""
    objects = (parameters.get("Delete") or {}).get("Objects")
    return {**short_scalars(parameters), **({"Key": objects[0]["Key"]} if objects else {})}


def short_scalars(parameters: dict) -> dict:
    return {
        name: value
        for name, value in parameters.items()
        if name not in CONTENT and isinstance(value, str | int | bool) and len(str(value)) <= LONGEST
    }
