import { expect, test } from "vitest";
import { environmentOf } from "../../../shared/ports/aws/sqs-hub.ts";
import { isSqsUrl, sqsPlace } from "../../../shared/ports/aws/sqs-place.ts";

test.each([
  ["sqs+http://hub:9324", "http://hub:9324", "manyhands", "sqs+http://hub:9324/manyhands"],
  ["sqs+http://hub:9324/", "http://hub:9324", "manyhands", "sqs+http://hub:9324/manyhands"],
  ["sqs+https://hub/team_1-a", "https://hub", "team_1-a", "sqs+https://hub/team_1-a"],
  ["sqs+http://[::1]:9324/x/", "http://[::1]:9324", "x", "sqs+http://[::1]:9324/x"],
])("%s", (url, endpoint, prefix, shown) => {
  expect(isSqsUrl(url)).toBe(true);
  expect(sqsPlace(url)).toEqual({ endpoint, prefix, shown });
});

test.each([
  ["sqs://Manyhands", /^Expected --queue to be a URL such as sqs\+http:\/\/host:9324 .*, got "sqs:/],
  ["http://hub:9324", /, got "http:/],
  ["sqs+http://", /, got "sqs\+http:\/\/"\.$/],
  ["sqs+http://hub/a/b", /the prefix of letters, digits, - and _, got/],
  ["sqs+http://hub/a.b", /the prefix of letters/],
  ["sqs+http://hub/?a", /the prefix of letters/],
])("%s is refused with a sentence", (url, sentence) => {
  expect(() => sqsPlace(url)).toThrow(sentence);
});

test("keys in the URL are refused, and not shown", () => {
  expect(() => sqsPlace("sqs+http://id:s3cret@hub:9324/x")).toThrow(
    /without user and password, got "sqs\+http:\/\/hub:9324"\. Keys are in AWS_ACCESS_KEY_ID/,
  );
});

const KEYS = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" };
const PLACE = sqsPlace("sqs+http://hub:9324");

test("workers find the queues' address, and the caller's region, keys and store", () => {
  expect(environmentOf(PLACE, KEYS)).toEqual({
    ...{ ...KEYS, AWS_REGION: "us-east-1", AWS_ENDPOINT_URL_SQS: "http://hub:9324" },
  });
  const given = { ...KEYS, AWS_DEFAULT_REGION: "eu-west-1", AWS_ENDPOINT_URL: "http://hub:7070", HOME: "/" };
  expect(environmentOf(undefined, { ...given, AWS_SESSION_TOKEN: "t" })).toEqual({
    ...{ ...KEYS, AWS_SESSION_TOKEN: "t", AWS_REGION: "eu-west-1", AWS_ENDPOINT_URL_S3: "http://hub:7070" },
  });
});

test.each([
  [{}, /^Expected AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to be in the environment, got none\./],
  [{ AWS_ACCESS_KEY_ID: "id" }, /got the first alone/],
  [
    { ...KEYS, AWS_ENDPOINT_URL_S3: "hub:7070" },
    /^Expected AWS_ENDPOINT_URL_S3 to be an address such as .*, got "hub:7070"/,
  ],
])("the environment %j is refused with a sentence", (given, sentence) => {
  expect(() => environmentOf(PLACE, given)).toThrow(sentence);
});
