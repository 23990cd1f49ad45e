import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { AwsClient, type AwsClientOptions } from "../../shared/ports/aws/aws-client.ts";

export const SECRET = "a secret";

/** A service that answers as it is told, and a client of ours for it; both are gone when the test ends. */
export async function awsServer(
  service: AwsClientOptions["service"],
  answer: (request: IncomingMessage, body: Buffer, response: ServerResponse) => void,
  patience: Pick<AwsClientOptions, "silenceMs" | "longestMs" | "asked"> = {},
) {
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    requests.push(`${request.method} ${request.url}`);
    answer(request, body, response);
  });
  server.keepAliveTimeout = 0; // it would close a connection just as a request comes
  await once(server.listen(0, "127.0.0.1"), "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "id", secretAccessKey: SECRET, sessionToken: "token" };
  const client = new AwsClient({
    service,
    region: "eu-west-3",
    endpoint,
    credentials: async () => credentials,
    ...patience,
  });
  onTestFinished(() => {
    client.close();
    server.closeAllConnections();
    server.close();
  });
  return { endpoint, client, credentials, requests };
}

const MEBIBYTE = Buffer.alloc(2 ** 20, "x");

/** Answers for as long as the client reads. */
export function flood(response: ServerResponse): void {
  const more = () => {
    while (!response.destroyed && response.write(MEBIBYTE));
  };
  response.on("drain", more);
  more();
}
