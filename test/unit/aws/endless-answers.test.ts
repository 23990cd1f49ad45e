import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { S3Store } from "../../../shared/ports/aws/s3-store.ts";
import { ListingError, TooLargeError } from "../../../shared/validation/errors.ts";
import { awsServer, flood } from "../../helpers/aws-server.ts";

async function drained(keys: AsyncIterable<string>): Promise<void> {
  for await (const _ of keys);
}

async function storeOf(answer: Parameters<typeof awsServer>[1], patience = {}) {
  const { client, requests } = await awsServer("s3", answer, patience);
  return { store: new S3Store(client, "b"), requests };
}

describe("the stages' own client gives up an answer", () => {
  test("that has more bytes than it can have, at once and for good", async () => {
    const endless = await storeOf((_, __, response) => flood(response));
    await expect(endless.store.get("k", 3 * 2 ** 20)).rejects.toThrow(
      new TooLargeError("the answer to s3 GetObject /b/k", 3 * 2 ** 20),
    );
    expect(endless.requests).toHaveLength(1);
    await expect(drained(endless.store.list("jobs/"))).rejects.toThrow(TooLargeError);
  });

  test.each<[string, (response: ServerResponse) => void, object]>([
    ["that stops half-way", (response) => response.write("half"), { silenceMs: 500 }],
    [
      "that comes byte by byte",
      (response) => {
        const timer = setInterval(() => response.write("x"), 10);
        response.on("close", () => clearInterval(timer));
      },
      { longestMs: 500 },
    ],
    ["that never begins", () => {}, { silenceMs: 500 }],
  ])("%s, and asks again", async (_, begin, patience) => {
    const { store, requests } = await storeOf((_, __, response) => {
      if (requests.length < 3) begin(response);
      else response.end("whole");
    }, patience);
    expect(Buffer.from((await store.get("k")) ?? []).toString()).toBe("whole");
    expect(requests.length).toBeGreaterThanOrEqual(3);
  });

  const page = (keys: string, token: string) =>
    `<ListBucketResult>${keys}<NextContinuationToken>${token}</NextContinuationToken></ListBucketResult>`;

  test("that says again and again that the same page follows", async () => {
    const { store, requests } = await storeOf((_, __, response) =>
      response.end(page("<Contents><Key>jobs/j</Key></Contents>", "same")),
    );
    await expect(drained(store.list("jobs/"))).rejects.toThrow(
      "Expected the listing of jobs/ to come to its end, it goes on without anything new.",
    );
    expect(requests).toHaveLength(2);
  });

  test("that says again and again that another page follows, and lists nothing", async () => {
    const { store, requests } = await storeOf((_, __, response) =>
      response.end(page("", `${requests.length}`)),
    );
    await expect(drained(store.list("jobs/"))).rejects.toThrow(ListingError);
    expect(requests).toHaveLength(1001);
  });
});
