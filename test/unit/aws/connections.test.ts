import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import tls from "node:tls";
import { expect, onTestFinished, test, vi } from "vitest";
import { AwsClient } from "../../../shared/ports/aws/aws-client.ts";
import { PretendedConnection } from "../../../shared/ports/aws/pretended-connection.ts";
import { S3Store } from "../../../shared/ports/aws/s3-store.ts";
import { makeTransport } from "../../../shared/ports/aws/transport.ts";

const settings = {
  service: "s3",
  region: "eu-west-3",
  credentials: async () => ({ accessKeyId: "id", secretAccessKey: "secret" }),
} as const;

/** A server that counts. */
async function countingServer() {
  const seen = { connections: 0, requests: 0 };
  const server = createServer((_, response) => {
    seen.requests++;
    response.end();
  });
  server.on("connection", () => seen.connections++);
  server.keepAliveTimeout = 0;
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, seen, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test("a prepared connection is there before any request, sends nothing, and the first request takes it over", async () => {
  const { server, seen, endpoint } = await countingServer();
  const client = new AwsClient({ ...settings, endpoint });
  onTestFinished(() => client.close());
  client.prepare(endpoint);
  await once(server, "connection");
  expect(seen).toEqual({ connections: 1, requests: 0 });
  const store = new S3Store(client, "bucket");
  await store.put("a", new Uint8Array(1));
  await store.put("b", new Uint8Array(1));
  expect(seen).toEqual({ connections: 1, requests: 2 });
  // Two at the same time need two connections.
  await Promise.all([store.put("c", new Uint8Array(1)), store.put("d", new Uint8Array(1))]);
  expect(seen).toEqual({ connections: 2, requests: 4 });
});

test("a prepared connection that the server has closed is not used", async () => {
  const { server, seen, endpoint } = await countingServer();
  const client = new AwsClient({ ...settings, endpoint });
  onTestFinished(() => client.close());
  const transport = makeTransport("http:");
  const made: ReturnType<typeof connect>[] = [];
  transport.agent.createConnection = (options) => {
    const socket = connect(options as never);
    made.push(socket);
    return socket;
  };
  transport.prepare(new URL(endpoint));
  const [accepted] = (await once(server, "connection")) as [{ destroy(): void }];
  accepted.destroy();
  await once(made[0]!.resume(), "close");
  const sent = transport.request(endpoint, { agent: transport.agent }).end();
  await once(sent, "response");
  expect(seen).toEqual({ connections: 2, requests: 1 });
  expect(made).toHaveLength(2);
  transport.agent.destroy();
});

test("a connection that cannot be prepared is left to the first request, which says why", async () => {
  const { server, endpoint } = await countingServer();
  server.close();
  const client = new AwsClient({ ...settings, endpoint });
  client.prepare(endpoint);
  const sent = client.send({ operation: "GetObject", method: "GET", url: new URL(endpoint), isOnce: true });
  await expect(sent).rejects.toThrow("ECONNREFUSED");
});

test("the certificates that https trusts are read while clients are made, once for all of them", () => {
  const reading = vi.spyOn(tls, "createSecureContext");
  onTestFinished(() => reading.mockRestore());
  for (const service of ["s3", "sqs", "lambda"] as const)
    new AwsClient({ ...settings, service, endpoint: undefined });
  expect(reading).toHaveBeenCalledTimes(1);
});

test("a pretended connection answers each request before the event loop turns", async () => {
  const lines: string[] = [];
  const connect = () =>
    new PretendedConnection((line) => {
      lines.push(line);
      return line.includes("absent") ? undefined : "é";
    });
  const store = new S3Store(new AwsClient({ ...settings, endpoint: "http://nowhere", connect }), "b");
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  expect(await store.get("there")).toEqual(Buffer.from("é"));
  expect(await store.get("absent")).toBeUndefined();
  expect(await store.putIfAbsent("key", new Uint8Array(100_000))).toBe("stored");
  expect(turned).toBe(false);
  expect(lines).toEqual(["GET /b/there HTTP/1.1", "GET /b/absent HTTP/1.1", "PUT /b/key HTTP/1.1"]);
});
