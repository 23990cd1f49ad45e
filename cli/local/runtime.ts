/**
 * What the local engine needs of large packages, in one place so that it can be bundled: loading one file takes
 * half the time of loading the five hundred that fauxqs, fastify and the SDK consist of.
 */
export { SQSClient } from "@aws-sdk/client-sqs";
export { makeEmulator } from "./emulator.ts";
export { EventSource } from "./event-source.ts";
export { queueDepth } from "./queue-depth.ts";
