import { type CfnResource, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { EventBus } from "aws-cdk-lib/aws-events";
import { Key } from "aws-cdk-lib/aws-kms";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { STACK_NAME } from "../shared/validation/env.ts";
import { type AlarmReceivers, makeAlarmTopic } from "./alarm-topic.ts";
import { FanOut, type FanOutProps } from "./fan-out.ts";
import { addClientOutputs } from "./outputs.ts";

export interface ManyhandsStackProps extends StackProps, FanOutProps, AlarmReceivers {
  /** The ARN of an existing key, in place of `encryptionKey`. */
  readonly encryptionKeyArn?: string;
  /** The name of an existing bus, in place of `eventBus`: `default` is the account's own. */
  readonly eventBusName?: string;
}

/** The id of the construct with CDK's emptying function, one for a stack. */
const EMPTYING = "Custom::S3AutoDeleteObjectsCustomResourceProvider";

/** The pipeline in a stack of its own, with the outputs that a client or a person needs to use it. */
export class ManyhandsStack extends Stack {
  readonly fanOut: FanOut;

  constructor(scope: Construct, id: string, props: ManyhandsStackProps = {}) {
    super(scope, id, props);
    const { encryptionKeyArn, eventBusName } = props;
    const alarmTopic = makeAlarmTopic(this, "AlarmTopic", props);
    this.fanOut = new FanOut(this, "FanOut", {
      ...props,
      ...(alarmTopic && { alarmTopic }),
      ...(encryptionKeyArn && { encryptionKey: Key.fromKeyArn(this, "Key", encryptionKeyArn) }),
      ...(eventBusName && { eventBus: EventBus.fromEventBusName(this, "EventBus", eventBusName) }),
    });
    const named = this.stackName === STACK_NAME ? "" : ` -c stackName=${this.stackName}`;
    const { alarmEmail } = props;
    addClientOutputs(this, this.fanOut, { destroy: `npx cdk destroy${named}`, alarmEmail });
    if (this.fanOut.settings.removeObjects) this.#keepLogsOfEmptying();
  }

  /** Gives CDK's emptying function a log group of this stack: its own would stay behind when the stack goes. */
  #keepLogsOfEmptying(): void {
    const { logRetention: retention, encryptionKey } = this.fanOut.settings;
    const handler = this.node.findChild(EMPTYING).node.findChild("Handler") as CfnResource;
    const logs = new LogGroup(this, "EmptyingLogs", {
      retention,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(encryptionKey && { encryptionKey }),
    });
    handler.addPropertyOverride("LoggingConfig.LogGroup", logs.logGroupName);
  }
}
