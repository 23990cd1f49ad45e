import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { runCommand, UsageError } from "./command.ts";
import { type LocalStack, startLocalStack } from "./server.ts";

const HELP = `npm run localstack -- [--port 4566] [--api-log <file>]

Starts LocalStack on this machine without Docker, at 127.0.0.1 and nowhere else, and keeps it running until Ctrl-C.
Its state begins empty and is gone afterwards. The first start installs it below .localstack/ (500 MB), with the Python
that MANYHANDS_PYTHON names or, without that, the first suitable one on the path.

  --port <port>       where it listens (default 4566)
  --api-log <file>    appends a JSON line for each AWS request
  --help              shows this

Exit code: 0 after Ctrl-C or SIGTERM, 1 if LocalStack ended by itself, 2 if something you gave it must be changed.
`;
const DEFAULT_PORT = 4566;

async function main(interrupted: AbortSignal): Promise<number> {
  const { help, ...options } = parse();
  if (help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (options.apiLog) checkWritable(options.apiLog);
  const asked = once(interrupted, "abort").then(() => say("stopping ..."));
  let localStack: LocalStack;
  try {
    localStack = await startLocalStack({ ...options, tell: say, signal: interrupted });
  } catch (error) {
    if (interrupted.aborted) return 0;
    throw error;
  }
  const variables = Object.entries(localStack.environment).map(([name, value]) => `${name}=${value}`);
  say(
    `LocalStack listens at ${localStack.endpoint} (its log: ${localStack.folder}/localstack.log). In your shell:\n`,
  );
  say(`  export ${variables.join(" ")}\n`);
  say("ready; Ctrl-C stops it and forgets everything in it");
  await Promise.race([asked, localStack.ended]);
  await localStack.stop();
  return 0;
}

/** Opens the file as LocalStack will, which would otherwise fail with a Python traceback. */
function checkWritable(path: string): void {
  try {
    closeSync(openSync(path, "a"));
  } catch (error) {
    throw new UsageError(`Expected --api-log to be a file that can be written: ${(error as Error).message}.`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function parse(): { help: boolean; port: number; apiLog?: string } {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: "string", default: `${DEFAULT_PORT}` },
        "api-log": { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    const port = Number(values.port);
    if (!/^\d+$/.test(values.port) || port < 1 || port > 65_535)
      throw new UsageError(`Expected --port to be a number from 1 to 65535, got \`${values.port}\`.`);
    const apiLog = values["api-log"];
    return { help: values.help, port, ...(apiLog && { apiLog: resolve(apiLog) }) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${(error as Error).message} See npm run localstack -- --help.`);
  }
}

await runCommand(main);
