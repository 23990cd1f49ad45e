import { fileURLToPath } from "node:url";
import { Duration, Stack } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { Architecture, Code, Function as Lambda, Runtime } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { FanOut } from "manyhands/cdk";

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The kernel's file, for the pipeline's `kernels`. */
export const DECAY = folder("nightly/decay.ts");

/** A job each night: one function starts it with the library's `submit`, another reacts when it has ended. */
export class Nightly extends Construct {
  readonly start: Lambda;
  readonly ended: Lambda;

  constructor(scope: Construct, id: string, fanOut: FanOut) {
    super(scope, id);
    const common = {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(folder("nightly")),
      memorySize: 1024,
      timeout: Duration.minutes(1),
      // What the library builds of a kernel's file is kept there; the function's own folder cannot be written to.
      environment: { STACK: Stack.of(this).stackName, XDG_CACHE_HOME: "/tmp" },
    };
    this.start = new Lambda(this, "Start", { ...common, handler: "start.handler" });
    this.ended = new Lambda(this, "Ended", { ...common, handler: "ended.handler" });
    fanOut.grantSubmit(this.start);
    fanOut.grantRead(this.ended);
    new Rule(this, "EachNight", {
      schedule: Schedule.cron({ hour: "2", minute: "0" }),
      targets: [new LambdaFunction(this.start)],
    });
    fanOut.onJobEnd("NightlyEnded", {
      target: new LambdaFunction(this.ended),
      eventPattern: { detail: { kernel: ["decay"] } },
    });
  }
}
