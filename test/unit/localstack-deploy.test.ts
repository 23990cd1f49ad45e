import { expect, test } from "vitest";
import { deploy, destroy } from "../../tools/localstack/cdk.ts";
import { UsageError } from "../../tools/localstack/command.ts";

test.each([
  "https://lambda.us-east-1.amazonaws.com",
  "http://192.0.2.1:4566",
  "http://127.0.0.1.example.com:4566",
  "http://localhost.localstack.cloud:4566",
  "127.0.0.1:4566",
])("nothing is deployed to or destroyed at %s, which is not this machine", async (endpoint) => {
  const sentence = `Expected AWS_ENDPOINT_URL to be a LocalStack on this machine, got \`${endpoint}\`.`;
  for (const command of [deploy, destroy]) {
    const running = command({ AWS_ENDPOINT_URL: endpoint });
    await expect(running).rejects.toThrow(UsageError);
    await expect(running).rejects.toThrow(sentence);
  }
});

test.each(["http://user:secret@192.0.2.1:4566", "user:secret\x1b@host"])(
  "a password in an address is not shown, %j",
  async (endpoint) => {
    await expect(deploy({ AWS_ENDPOINT_URL: endpoint })).rejects.toThrow(/^[^\p{Cc}]+$/u);
    await expect(deploy({ AWS_ENDPOINT_URL: endpoint })).rejects.not.toThrow(/secret/);
  },
);

test("where nothing answers, one is told what to start", async () => {
  await expect(deploy({ AWS_ENDPOINT_URL: "http://127.0.0.1:1" })).rejects.toThrow(
    "Expected LocalStack at http://127.0.0.1:1, but nothing answers: start it with npm run localstack",
  );
});
