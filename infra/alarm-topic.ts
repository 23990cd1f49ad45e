import { PrincipalWithConditions, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { type ITopic, Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Construct } from "constructs";
import { SettingError } from "./settings.ts";

/** Who is told of alarms, where a stack is to find or make the topic itself. */
export interface AlarmReceivers {
  /** An address for mail: AWS sends one to it that asks for a confirmation. */
  readonly alarmEmail?: string;
  /** A topic of the same region, whose policy lets CloudWatch publish; the default one does. */
  readonly alarmTopicArn?: string;
}

/** The topic that alarms are to tell, or undefined where nobody is to be told. Throws SettingError where both are given. */
export function makeAlarmTopic(scope: Construct, id: string, receivers: AlarmReceivers): ITopic | undefined {
  const { alarmEmail, alarmTopicArn } = receivers;
  if (alarmEmail !== undefined && alarmTopicArn !== undefined)
    throw new SettingError("alarmEmail", "left out where there is an alarmTopicArn", alarmEmail);
  if (alarmTopicArn !== undefined) return Topic.fromTopicArn(scope, id, alarmTopicArn);
  if (alarmEmail === undefined) return undefined;
  // Not under a key: CloudWatch cannot use SNS's own, and what an alarm says is no secret.
  const topic = new Topic(scope, id, { enforceSSL: true });
  topic.addSubscription(new EmailSubscription(alarmEmail));
  // A policy of its own, here for TLS, takes the default one's place:
  // https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html#sns-allow-specified-service-to-publish
  const cloudWatch = new ServicePrincipal("cloudwatch.amazonaws.com");
  const ofThisAccount = { StringEquals: { "aws:SourceAccount": topic.stack.account } };
  topic.grantPublish(new PrincipalWithConditions(cloudWatch, ofThisAccount));
  return topic;
}
