import { request as ask, type IncomingMessage } from "node:http";
import type { AwsClient } from "../../shared/aws/aws-client.ts";
import { awsServer } from "./aws-server.ts";

/**
 * A client of the S3 at `endpoint` over a line that breaks: a request for which `isLost` holds is carried out, and its answer
 * never arrives.
 */
export async function lossyLine(
  endpoint: string,
  isLost: (request: IncomingMessage) => boolean,
): Promise<{ readonly client: AwsClient; readonly requests: readonly string[] }> {
  return awsServer("s3", (request, body, response) => {
    const { method = "GET", headers, url = "/" } = request;
    const asked = ask(new URL(url, endpoint), { method, headers, agent: false });
    asked.on("response", (answer) => {
      if (isLost(request)) answer.resume().on("end", () => request.socket.destroy());
      else answer.pipe(response.writeHead(answer.statusCode ?? 500, answer.headers));
    });
    asked.end(body);
  });
}
