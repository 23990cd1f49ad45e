import { PrincipalWithConditions, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { type ITopic, Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Construct } from "constructs";
import { SettingError } from "./settings.ts";

/** The receivers of alarms, when the stack finds or makes the topic itself. */
export interface AlarmReceivers {
  /** An address for mail: AWS first sends it a message that asks for a confirmation. */
  readonly alarmEmail?: string;
  /** A topic of the same region whose policy lets CloudWatch publish; the default policy does. */
  readonly alarmTopicArn?: string;
}

/**
 * The topic that alarms notify, or undefined when neither property is given. Throws SettingError when both are given.
 */
export function makeAlarmTopic(scope: Construct, id: string, receivers: AlarmReceivers): ITopic | undefined {
  const { alarmEmail, alarmTopicArn } = receivers;
  if (alarmEmail !== undefined && alarmTopicArn !== undefined)
    throw new SettingError("alarmEmail", "left out where there is an alarmTopicArn", alarmEmail);
  if (alarmTopicArn !== undefined) return Topic.fromTopicArn(scope, id, alarmTopicArn);
  if (alarmEmail === undefined) return undefined;
  // Not encrypted with a key: CloudWatch cannot use SNS's own, and the text of an alarm is no secret.
  const topic = new Topic(scope, id, { enforceSSL: true });
  topic.addSubscription(new EmailSubscription(alarmEmail));
  // A policy of its own, here for TLS, replaces the topic's default one, which would let CloudWatch publish:
  // https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html#sns-allow-specified-service-to-publish
  const cloudWatch = new ServicePrincipal("cloudwatch.amazonaws.com");
  const ofThisAccount = { StringEquals: { "aws:SourceAccount": topic.stack.account } };
  topic.grantPublish(new PrincipalWithConditions(cloudWatch, ofThisAccount));
  return topic;
}
