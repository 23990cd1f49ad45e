import type { Acknowledgement } from "./acknowledgements.ts";

const STAGES = ["FanOutSplitter", "FanOutWorker", "FanOutAggregator"];
/** CDK's own function, which empties the bucket before CloudFormation removes it. */
const EMPTYING = "CustomS3AutoDeleteObjectsCustomResourceProviderHandler";
const QUEUES = ["FanOutChunks", "FanOutChunkDeadLetters", "FanOutResults", "FanOutResultDeadLetters"];
const LOGS = ["FanOutSplitterLogs", "FanOutWorkerLogs", "FanOutAggregatorLogs", "EmptyingLogs"];
const WITH_A_KEY = ["with-key", "own-app"];

/** Every finding that stays, with its reason. One that a judge no longer has is refused. */
export const ACKNOWLEDGED: readonly Acknowledgement[] = [
  {
    judge: "cfn-lint",
    rule: "W3005",
    resources: [...STAGES, EMPTYING],
    reason:
      "CDK's Function writes DependsOn for its role as well as the reference; the policy beside it needs DependsOn.",
  },
  {
    judge: "checkov",
    rule: "CKV_AWS_18",
    resources: ["FanOutBucket"],
    reason:
      "Access logs take a second bucket that only grows; what lies here can be computed again, and CloudTrail's data events record access where that is asked for.",
  },
  {
    judge: "checkov",
    rule: "CKV_AWS_21",
    resources: ["FanOutBucket"],
    reason:
      "Chunks are put with If-None-Match and can be computed again; former versions of reports would only cost.",
  },
  {
    judge: "checkov",
    rule: "CKV_AWS_26",
    resources: ["AlarmTopic"],
    reason:
      "CloudWatch cannot publish to a topic under SNS's own key, and the text of an alarm is no secret.",
  },
  {
    judge: "checkov",
    rule: "CKV_AWS_27",
    resources: QUEUES,
    notIn: WITH_A_KEY,
    reason:
      "The queues are encrypted with SQS's own key (SqsManagedSseEnabled), which this rule does not know.",
  },
  {
    judge: "checkov",
    rule: "CKV_AWS_115",
    resources: [...STAGES, EMPTYING],
    reason:
      "The mapping's maximum and the burst's limit bound the fleet; a reserved concurrency would take its share from the account's other functions for ever.",
  },
  {
    judge: "checkov",
    rule: "CKV_AWS_116",
    resources: [...STAGES, EMPTYING],
    reason:
      "The queues in front of workers and aggregator have dead letters; the caller awaits the splitter and its error, and CloudFormation awaits the emptying.",
  },
  {
    judge: "checkov",
    rule: "CKV_AWS_117",
    resources: [...STAGES, EMPTYING],
    reason:
      "The stages call S3, SQS and Lambda only, under roles that allow nothing else; a VPC would cost endpoints and cold starts.",
  },
  {
    judge: "checkov",
    rule: "CKV_AWS_158",
    resources: LOGS,
    notIn: WITH_A_KEY,
    reason: "CloudWatch encrypts logs with its own key; with encryptionKeyArn they have that key.",
  },
  {
    judge: "checkov",
    rule: "CKV_AWS_173",
    resources: STAGES,
    reason:
      "The environment holds names, URLs of queues and numbers, no secret; Lambda encrypts it with its own key, and another one would add a call of KMS to cold starts.",
  },
];
