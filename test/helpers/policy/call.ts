import type { AnsweredRequest } from "../../../client/local/local-cloud.ts";
import { servedOperation } from "../../../client/local/served.ts";

/** One API call as a server saw it, by AWS's own names for the operation and its parameters. */
export interface Call {
  /** The signer: an access key, or the role that it was issued for. */
  readonly principal: string;
  readonly service: string;
  readonly operation: string;
  readonly parameters: {
    readonly Bucket?: string;
    readonly Key?: string;
    readonly Prefix?: string;
    readonly QueueUrl?: string;
    readonly FunctionName?: string;
    readonly logGroupName?: string;
    readonly StackName?: string;
  };
  readonly status: number;
}

/**
 * The call in a request to the embedded cloud. Undefined for an unsigned request: the event sources, in the command
 * line's own process, do not sign. A request of an unknown form is a call of an unknown operation, which no table
 * allows.
 */
export function callOf({ method, url, headers, body, status }: AnsweredRequest): Call | undefined {
  const principal = /\bCredential=([^/,\s]+)\//.exec(headers.authorization ?? "")?.[1];
  if (principal === undefined) return undefined;
  const target = headers["x-amz-target"];
  if (typeof target === "string") {
    const { QueueUrl } = body as { QueueUrl?: string };
    const operation = target.slice(target.indexOf(".") + 1);
    const parameters = QueueUrl === undefined ? {} : { QueueUrl };
    return { principal, service: "sqs", operation, parameters, status };
  }
  const FunctionName = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(url)?.[1];
  if (FunctionName !== undefined && method === "POST")
    return { principal, service: "lambda", operation: "Invoke", parameters: { FunctionName }, status };
  return { principal, service: "s3", ...s3Call({ method, url, headers }), status };
}

/** Path-style, as an endpoint that is an IP address makes the SDK ask; keys are percent-encoded. */
function s3Call(request: Pick<AnsweredRequest, "method" | "url" | "headers">) {
  const { pathname, searchParams } = new URL(request.url, "http://s3");
  const [Bucket = "", ...segments] = pathname.slice(1).split("/").map(decodeURIComponent);
  const Key = segments.join("/");
  const Prefix = searchParams.get("prefix");
  return {
    operation: servedOperation(request) ?? `${request.method} ${request.url}`,
    parameters: { Bucket, ...(Key !== "" && { Key }), ...(Prefix !== null && { Prefix }) },
  };
}
