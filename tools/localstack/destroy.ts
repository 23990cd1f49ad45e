import { destroy } from "./cdk.ts";
import { runCommand } from "./command.ts";

const HELP = `npm run destroy:localstack -- [options of cdk destroy]

Removes the stack from the LocalStack at AWS_ENDPOINT_URL (default http://127.0.0.1:4566), without a question. Whatever
outlives it there is gone when LocalStack stops.
`;

async function main(signal: AbortSignal): Promise<number> {
  const args = process.argv.slice(2);
  if (args.includes("--help")) {
    process.stdout.write(HELP);
    return 0;
  }
  await destroy(process.env, { args, signal, tell: (text) => process.stderr.write(text) });
  return 0;
}

await runCommand(main);
