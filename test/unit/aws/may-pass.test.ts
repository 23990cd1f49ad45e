import { expect, test } from "vitest";
import { AwsError, mayPass } from "../../../shared/ports/aws/aws-error.ts";

const answer = (status: number, code: string) => new AwsError("sqs ReceiveMessage", status, code, "no");

test.each([
  [answer(503, "ServiceUnavailable"), true],
  [answer(400, "RequestThrottled"), true],
  [answer(0, "ECONNRESET"), true],
  [answer(403, "AccessDenied"), false],
  [answer(400, "AWS.SimpleQueueService.NonExistentQueue"), false],
  [new TypeError("not a function"), false],
  ["ServiceUnavailable", false],
])("asking again after %s: %s", (error, expected) => {
  expect(mayPass(error)).toBe(expected);
});
