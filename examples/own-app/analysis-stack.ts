import { Duration, Stack, type StackProps } from "aws-cdk-lib";
import { EventBus } from "aws-cdk-lib/aws-events";
import { PrincipalWithConditions, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Construct } from "constructs";
import { addClientOutputs, FanOut } from "manyhands/cdk";
import { DECAY, Nightly } from "./nightly.ts";

/**
 * manyhands in another app's stack: a smaller fleet of larger workers, everything encrypted with one customer key, mail
 * when an alarm goes off, results that S3 removes after a quarter of a year, and a job of its own kernel each night.
 */
export class AnalysisStack extends Stack {
  readonly fanOut: FanOut;
  readonly nightly: Nightly;

  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props);
    const key = new Key(this, "Key", { enableKeyRotation: true });
    const alarmTopic = new Topic(this, "AlarmTopic", { masterKey: key, enforceSSL: true });
    letAlarmsPublish(alarmTopic, key);
    const mail: unknown = this.node.tryGetContext("mail");
    if (typeof mail === "string") alarmTopic.addSubscription(new EmailSubscription(mail));

    this.fanOut = new FanOut(this, "FanOut", {
      maxConcurrency: 50,
      memoryMb: 3538,
      workerTimeout: Duration.minutes(5),
      logRetention: RetentionDays.ONE_WEEK,
      resultRetention: Duration.days(90),
      encryptionKey: key,
      alarmTopic,
      kernels: [DECAY],
      eventBus: EventBus.fromEventBusName(this, "Bus", "default"),
    });
    this.nightly = new Nightly(this, "Nightly", this.fanOut);

    // With these outputs, `manyhands --stack Analysis` and the library find the pipeline.
    addClientOutputs(this, this.fanOut);
  }
}

/**
 * Lets CloudWatch publish: a topic with a policy of its own loses the default policy, and the key of an encrypted topic
 * must allow CloudWatch as well, see https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns
 */
function letAlarmsPublish(topic: Topic, key: Key): void {
  const cloudWatch = new ServicePrincipal("cloudwatch.amazonaws.com");
  const ofThisAccount = { StringEquals: { "aws:SourceAccount": topic.stack.account } };
  topic.grantPublish(new PrincipalWithConditions(cloudWatch, ofThisAccount));
  key.grant(cloudWatch, "kms:Decrypt", "kms:GenerateDataKey");
}
