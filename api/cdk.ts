/**
 * `manyhands/cdk`: the pipeline as a construct for an app of one's own, which brings `aws-cdk-lib` and `constructs`.
 * The functions' bundles are built beforehand: a synthesis builds nothing but the kernels that it is given.
 */
export { FanOut, type FanOutProps } from "../infra/fan-out.ts";
export { ManyhandsStack, type ManyhandsStackProps } from "../infra/manyhands-stack.ts";
export { addClientOutputs, type OutputTexts } from "../infra/outputs.ts";
export { SettingError, type StageOverrides } from "../infra/settings.ts";
export type { JobEnded } from "../shared/messages/job-ended.ts";
