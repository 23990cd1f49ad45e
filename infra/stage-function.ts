import { join } from "node:path";
import { type Duration, RemovalPolicy } from "aws-cdk-lib";
import { type PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { type EventSourceMappingOptions, Runtime } from "aws-cdk-lib/aws-lambda";
import {
  type BundlingOptions,
  LogLevel,
  NodejsFunction,
  type NodejsFunctionProps,
  OutputFormat,
} from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { BUNDLING, type Stage } from "../shared/build/bundling.ts";
import { consumeMessages, useKey, writeLogs } from "./grants.ts";
import { intoZip } from "./kernels.ts";
import type { Settings, StageOverrides } from "./settings.ts";

const ROOT = join(import.meta.dirname, "..");

export interface StageFunctionProps {
  readonly stage: Stage;
  readonly timeout: Duration;
  readonly memoryMb: number;
  readonly settings: Settings;
  /** Options of asynchronous invocations, those by the function itself among them. */
  readonly whenNotAwaited?: Pick<NodejsFunctionProps, "maxEventAge" | "retryAttempts" | "recursiveLoop">;
}

/**
 * The function of one stage. It may write its logs and use the customer's key, if there is one; `connect` and `consume`
 * grant the rest.
 */
export class StageFunction extends NodejsFunction {
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly logs: LogGroup;

  constructor(scope: Construct, id: string, props: StageFunctionProps) {
    const { stage, timeout, memoryMb, settings, whenNotAwaited } = props;
    const { bundling, ...overrides }: StageOverrides = settings[stage] ?? {};
    const logGroup = makeLogGroup(scope, `${id}Logs`, settings);
    super(scope, id, {
      entry: join(ROOT, "functions", stage, "handler.ts"),
      projectRoot: ROOT,
      depsLockFilePath: join(ROOT, "package-lock.json"),
      runtime: Runtime.NODEJS_24_X,
      ...whenNotAwaited,
      ...overrides,
      architecture: settings.architecture,
      memorySize: memoryMb,
      timeout,
      // Without this role, CDK would attach one that may write to every log group of the account.
      role: new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal("lambda.amazonaws.com") }),
      logGroup,
      bundling: { ...bundlingWith(stage === "aggregator" ? [] : settings.kernels), ...bundling },
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

/** Bundles as tools/bundling/bundles.ts does, byte for byte. No `externalModules`: the SDK is bundled. */
const SAME_AS_LOCAL: BundlingOptions = {
  format: OutputFormat.CJS,
  target: BUNDLING.target,
  mainFields: BUNDLING.mainFields.split(","),
  minify: BUNDLING.minify,
  loader: BUNDLING.loader,
  define: BUNDLING.define,
  esbuildArgs: {
    "--conditions": BUNDLING.conditions,
    ...Object.fromEntries(
      Object.entries(BUNDLING.supported).map(([feature, supported]) => [
        `--supported:${feature}`,
        `${supported}`,
      ]),
    ),
  },
  externalModules: [],
  logLevel: LogLevel.ERROR,
};

/** With these files' kernels in the zip, and what loads them. */
function bundlingWith(kernels: readonly string[]): BundlingOptions {
  const run = (program: string, ...given: string[]) =>
    [process.execPath, join(ROOT, program), ...given].map((word) => `"${word}"`).join(" ");
  return {
    ...SAME_AS_LOCAL,
    commandHooks: {
      // The script is there on a fresh clone too. It does nothing when the kernels' WebAssembly is as new as its sources.
      beforeBundling: () => [run("tools/bundling/wasm.ts")],
      beforeInstall: () => [],
      afterBundling: (_, output) => [...intoZip(kernels, output), run("infra/readable-assets.ts", output)],
    },
  };
}

function makeLogGroup(scope: Construct, id: string, { encryptionKey, logRetention }: Settings): LogGroup {
  return new LogGroup(scope, id, {
    retention: logRetention,
    removalPolicy: RemovalPolicy.DESTROY,
    ...(encryptionKey && { encryptionKey }),
  });
}
