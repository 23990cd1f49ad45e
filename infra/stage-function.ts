import { type Duration, RemovalPolicy } from "aws-cdk-lib";
import { type PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  type EventSourceMappingOptions,
  type FunctionProps,
  Function as LambdaFunction,
  Runtime,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import type { Stage } from "../shared/build/bundling.ts";
import { consumeMessages, useKey, writeLogs } from "./grants.ts";
import type { Settings } from "./settings.ts";
import { pythonCode, stageCode } from "./stage-code.ts";

export interface StageFunctionProps {
  readonly stage: Stage;
  readonly timeout: Duration;
  readonly memoryMb: number;
  readonly settings: Settings;
  /** The folder of kernels from files, for a stage that computes. */
  readonly kernels?: string | undefined;
  /** The folder of a worker of Python, whose code it has in place of the stage's. */
  readonly python?: string;
  /** Options of asynchronous invocations, those by the function itself among them. */
  readonly whenNotAwaited?: Pick<FunctionProps, "maxEventAge" | "retryAttempts" | "recursiveLoop">;
}

/**
 * The function of one stage. It may write its logs and use the customer's key, if there is one; `connect` and `consume`
 * grant the rest.
 */
export class StageFunction extends LambdaFunction {
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly logs: LogGroup;

  constructor(scope: Construct, id: string, props: StageFunctionProps) {
    const { timeout, memoryMb, settings, python, whenNotAwaited } = props;
    const logGroup = makeLogGroup(scope, `${id}Logs`, settings);
    super(scope, id, {
      ...whenNotAwaited,
      ...(python === undefined ? ofNode(scope, props) : ofPython(python)),
      architecture: settings.architecture,
      memorySize: memoryMb,
      timeout,
      // Without this role, CDK would attach one that may write to every log group of the account.
      role: new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal("lambda.amazonaws.com") }),
      logGroup,
    });
    this.timeoutSeconds = timeout.toSeconds();
    this.memoryMb = memoryMb;
    this.logs = logGroup;
    this.allow(writeLogs(logGroup));
    if (settings.encryptionKey) this.allow(useKey(settings.encryptionKey));
  }

  /**
   * Passes the function a resource's name in an environment variable, and grants it what it does with that resource.
   */
  connect(name: string, value: string, ...grants: readonly PolicyStatement[][]): this {
    this.addEnvironment(name, value);
    this.allow(grants.flat());
    return this;
  }

  /**
   * Feeds the function from the queue. The mapping deletes only messages that the function does not report as failed.
   */
  consume(id: string, queue: IQueue, options: EventSourceMappingOptions): this {
    this.allow(consumeMessages(queue));
    this.addEventSourceMapping(id, {
      reportBatchItemFailures: true,
      ...options,
      eventSourceArn: queue.queueArn,
    });
    return this;
  }

  allow(statements: readonly PolicyStatement[]): void {
    for (const statement of statements) this.addToRolePolicy(statement);
  }
}

const ofNode = (scope: Construct, { stage, kernels, settings }: StageFunctionProps) => ({
  ...settings[stage],
  runtime: Runtime.NODEJS_24_X,
  handler: "index.handler",
  code: stageCode(scope, stage, kernels),
});

const ofPython = (folder: string) => ({
  runtime: Runtime.PYTHON_3_13,
  handler: "manyhands.lambda_handler.handler",
  code: pythonCode(folder),
});

function makeLogGroup(scope: Construct, id: string, { encryptionKey, logRetention }: Settings): LogGroup {
  return new LogGroup(scope, id, {
    retention: logRetention,
    removalPolicy: RemovalPolicy.DESTROY,
    ...(encryptionKey && { encryptionKey }),
  });
}
