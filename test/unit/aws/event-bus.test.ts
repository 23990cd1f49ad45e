import { expect, test } from "vitest";
import { hasSignedHash, SignatureVerifier } from "../../../client/local/signature.ts";
import { EventBus } from "../../../shared/ports/aws/event-bus.ts";
import { hostOf } from "../../../shared/ports/aws/service-host.ts";
import { awsServer, SECRET } from "../../helpers/aws-server.ts";

const EVENT = { source: "s", detailType: "t", detail: { text: "zwölf" } };

test("an event is signed, and has its detail as a text", async () => {
  const verifier = new SignatureVerifier(SECRET);
  const bodies: unknown[] = [];
  const { client } = await awsServer("events", (request, body, response) => {
    if (!verifier.isSigned(request) || !hasSignedHash(request, body)) response.writeHead(403).end();
    bodies.push([request.headers["x-amz-target"], JSON.parse(body.toString())]);
    response.end('{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}');
  });
  await new EventBus(client, "arn:bus").put(EVENT);
  const entry = { EventBusName: "arn:bus", Source: "s", DetailType: "t", Detail: '{"text":"zwölf"}' };
  expect(bodies).toEqual([["AWSEvents.PutEvents", { Entries: [entry] }]]);
});

test.for([
  [
    '{"FailedEntryCount":1,"Entries":[{"ErrorCode":"InternalFailure","ErrorMessage":"later"}]}',
    "InternalFailure later",
  ],
  ['{"FailedEntryCount":1,"Entries":[]}', "no reason given"],
  ["<html>", "the answer is not one of PutEvents"],
])(
  "the answer %s, of status 200, is a fault that may pass: it is asked again, and then said",
  async ([answer, reason]) => {
    const { client, requests } = await awsServer("events", (_, __, response) => response.end(answer));
    await expect(new EventBus(client, "b").put(EVENT)).rejects.toMatchObject({
      message: `BadAnswer from events PutEvents: ${reason}`,
      permanent: false,
    });
    expect(requests.length).toBeGreaterThan(1);
  },
);

test("China's regions have a suffix of their own", () => {
  expect([hostOf("events", "eu-west-3"), hostOf("sqs", "cn-north-1")]).toEqual([
    "events.eu-west-3.amazonaws.com",
    "sqs.cn-north-1.amazonaws.com.cn",
  ]);
});
