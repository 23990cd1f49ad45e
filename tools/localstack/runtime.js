/**
 * The program in a Lambda environment here: a client of the Lambda Runtime API, which Node's managed runtime is on AWS.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 *
 * Not the aws-lambda-ric package: its native part is compiled at installation, which needs cmake and headers, and `npm
 * ci` must work without them. JavaScript, because each cold start loads it, and stripping types would take longer than
 * all the rest.
 */
import { existsSync } from "node:fs";
import { Agent, request } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

/** One socket keeps an answer and the next question in order. It ends with LocalStack, and this process with it. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

/** Exit codes of AWS's runtime. */
const UNHANDLED_REJECTION = 128;
const UNCAUGHT_EXCEPTION = 129;

let requestId = "";

class RuntimeError extends Error {
  /** @param {string} name @param {string} message */
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

/**
 * @param {string} path @param {string} [body] @param {Record<string, string>} [headers]
 * @returns {Promise<{ body: string, headers: Record<string, string | undefined> }>}
 */
function call(path, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const options = { agent, method: body === undefined ? "GET" : "POST", headers };
    const outgoing = request(`${api}${path}`, options, (response) => {
      /** @type {Buffer[]} */
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          body: Buffer.concat(parts).toString(),
          headers: /** @type {Record<string, string | undefined>} */ (response.headers),
        }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** @param {unknown} reason */
function describe(reason) {
  const error = reason instanceof Error ? reason : new RuntimeError(typeof reason, format("%s", reason));
  return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split("\n") ?? [] };
}

/** @param {string} path @param {unknown} reason */
function reportError(path, reason) {
  const error = describe(reason);
  return call(path, JSON.stringify(error), { "Lambda-Runtime-Function-Error-Type": error.errorType });
}

/** @param {string} level @param {string} text A line break would begin another event in the log. */
function log(level, text) {
  const line = [new Date().toISOString(), requestId || "undefined", level, text].join("\t");
  process.stdout.write(`${line.replaceAll("\n", "\r")}\n`);
}

function patchConsole() {
  const levels = { trace: "TRACE", debug: "DEBUG", log: "INFO", info: "INFO", warn: "WARN", error: "ERROR" };
  for (const [method, level] of Object.entries(levels)) {
    Reflect.set(console, method, (/** @type {unknown[]} */ ...values) => log(level, format(...values)));
  }
}

/**
 * Loads the handler that `_HANDLER` names: `folder/file.export`, as a CommonJS or an ES module.
 * @returns {Promise<(event: unknown, context: object) => unknown>}
 */
async function loadHandler() {
  const { LAMBDA_TASK_ROOT: root = process.cwd(), _HANDLER: setting = "" } = process.env;
  const [, path, names] = /^(.*?[^/.]*)\.([^/]+)$/.exec(setting) ?? [];
  if (!path || !names) throw new RuntimeError("Runtime.MalformedHandlerName", `Bad handler ${setting}`);
  const file = [".js", ".mjs", ".cjs"].map((end) => join(root, path + end)).find((name) => existsSync(name));
  if (!file) throw new RuntimeError("Runtime.ImportModuleError", `Error: Cannot find module '${path}'`);

  /** @type {unknown} */
  let handler = await load(file);
  for (const name of names.split(".")) handler = Object(handler)[name];
  if (handler === undefined)
    throw new RuntimeError("Runtime.HandlerNotFound", `${setting} is undefined or not exported`);
  if (typeof handler !== "function")
    throw new RuntimeError("Runtime.HandlerNotFound", `${setting} is not a function`);
  if (handler.length > 2)
    throw new RuntimeError(
      "Runtime.CallbackHandlerDeprecated",
      "AWS Lambda has removed support for callback-based function handlers starting with Node.js 24.",
    );
  return /** @type {(event: unknown, context: object) => unknown} */ (handler);
}

/** @param {string} file */
async function load(file) {
  try {
    // Not import() for everything: it does not always find the names that a CommonJS bundle exports.
    return createRequire(file)(file);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === "ERR_REQUIRE_ASYNC_MODULE") return import(pathToFileURL(file).href);
    if (code === "MODULE_NOT_FOUND") throw new RuntimeError("Runtime.ImportModuleError", `${error}`);
    if (error instanceof SyntaxError) throw new RuntimeError("Runtime.UserCodeSyntaxError", `${error}`);
    throw error;
  }
}

/** @param {Record<string, string | undefined>} headers The invocation's. */
function makeContext(headers) {
  const { env } = process;
  const deadlineMs = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    awsRequestId: requestId,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}

/** @param {Awaited<ReturnType<typeof loadHandler>>} handler */
async function serve(handler) {
  for (;;) {
    const { body, headers } = await call("/invocation/next");
    requestId = headers["lambda-runtime-aws-request-id"] ?? "";
    process.env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"] ?? "";
    try {
      const result = await handler(JSON.parse(body), makeContext(headers));
      await call(`/invocation/${requestId}/response`, JSON.stringify(result) ?? "null");
    } catch (error) {
      log("ERROR", `Invoke Error \t${JSON.stringify(describe(error))}`);
      await reportError(`/invocation/${requestId}/error`, error);
    }
  }
}

/** @param {string} title @param {unknown} reason @param {number} exitCode */
async function endWith(title, reason, exitCode) {
  log("ERROR", `${title} \t${JSON.stringify(describe(reason))}`);
  await reportError(requestId ? `/invocation/${requestId}/error` : "/init/error", reason).catch(() => {});
  process.exit(exitCode);
}

process.on("uncaughtException", (error) => void endWith("Uncaught Exception", error, UNCAUGHT_EXCEPTION));
process.on("unhandledRejection", (reason) => {
  const text = reason instanceof Error ? `${reason.name}: ${reason.message}` : format("%s", reason);
  const error = new RuntimeError("Runtime.UnhandledPromiseRejection", text);
  void endWith("Unhandled Promise Rejection", error, UNHANDLED_REJECTION);
});

patchConsole();
try {
  await serve(await loadHandler());
} catch (error) {
  // LocalStack is gone, or the code could not be loaded. Only in the second case LocalStack receives this error.
  if (!requestId) await endWith("Init Error", error, 1);
  process.exit(1);
}
