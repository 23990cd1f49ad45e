import { Stack } from "aws-cdk-lib";
import { EventBus, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { expect, test } from "vitest";
import { FanOut } from "../../infra/fan-out.ts";
import { ENV } from "../../shared/validation/env.ts";
import { appWith, describeStack, synthesize } from "./synthesize.ts";

const stack = new Stack(appWith(), "Other");
const eventBus = new EventBus(stack, "Bus");
const queue = new Queue(stack, "Ends");
const fanOut = new FanOut(stack, "FanOut", { eventBus, monitoring: false });
const message = RuleTargetInput.fromEventPath("$.detail.jobId");
fanOut.onJobEnd("Ended", {
  target: new SqsQueue(queue, { message }),
  eventPattern: { detail: { state: ["complete"] } },
});
const { arnOf, idOf, ofType, resource } = describeStack(stack, fanOut);

/** The statements by which somebody may put events, with the role that has them. */
const putters = (all: typeof ofType) =>
  all("AWS::IAM::Policy").flatMap(({ Properties: { PolicyDocument, Roles } }) =>
    PolicyDocument.Statement.filter(({ Action }: { Action: unknown }) =>
      [Action].flat().includes("events:PutEvents"),
    ).map((statement: object) => ({ ...statement, role: Roles[0].Ref })),
  );

test("the aggregator is told the bus, and may put events there; no other stage may", () => {
  expect(resource(fanOut.aggregator).Properties.Environment.Variables).toMatchObject({
    [ENV.eventBusArn]: arnOf(eventBus),
  });
  expect(putters(ofType)).toEqual([
    {
      ...{ Action: "events:PutEvents", Effect: "Allow", Resource: arnOf(eventBus) },
      role: idOf(fanOut.aggregator.role!),
    },
  ]);
});

test("a rule hears of this pipeline's jobs alone, and of those that its pattern asks for", () => {
  const [{ Properties } = { Properties: undefined }] = ofType("AWS::Events::Rule");
  expect(Properties).toMatchObject({
    EventBusName: { Ref: idOf(eventBus) },
    EventPattern: {
      source: ["manyhands"],
      "detail-type": ["Job Ended"],
      detail: { bucket: [{ Ref: idOf(fanOut.bucket) }], state: ["complete"] },
    },
    Targets: [{ Arn: arnOf(queue), InputPath: "$.detail.jobId" }],
  });
});

test("without the property there is no bus, no grant, and no rule", () => {
  const { fanOut, ofType, resource } = synthesize();
  expect(resource(fanOut.aggregator).Properties.Environment.Variables).not.toHaveProperty(ENV.eventBusArn);
  expect(putters(ofType)).toEqual([]);
  expect(() => fanOut.onJobEnd("Ended")).toThrow(
    /^Expected eventBus to be a bus where a rule is to hear of jobs' ends, got `undefined`\.$/,
  );
});

test("our own app takes the name of a bus that is there", () => {
  const { fanOut, resource } = synthesize({ eventBusName: "default" });
  const arn = JSON.stringify(resource(fanOut.aggregator).Properties.Environment.Variables[ENV.eventBusArn]);
  expect(arn).toMatch(/":events:".*":event-bus\/default"/);
});
