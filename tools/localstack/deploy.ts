import { deploy } from "./cdk.ts";
import { runCommand } from "./command.ts";

const HELP = `npm run deploy:localstack -- [options of cdk deploy, e.g. -c maxConcurrency=10]

Deploys the stack to the LocalStack at AWS_ENDPOINT_URL (default http://127.0.0.1:4566); npm run localstack starts one.
It reaches nothing else: your AWS credentials and profiles are not read. Exit code 2 if something must be changed first, 130
after Ctrl-C, which ends the command line; LocalStack goes on with what it was asked for.
`;

async function main(signal: AbortSignal): Promise<number> {
  const args = process.argv.slice(2);
  if (args.includes("--help")) {
    process.stdout.write(HELP);
    return 0;
  }
  const { fallbacks } = await deploy(process.env, {
    args,
    signal,
    tell: (text) => process.stderr.write(text),
  });
  for (const { stack, logicalId, type, meaning } of fallbacks)
    process.stdout.write(
      `LocalStack only pretends to have made ${type} (${stack}/${logicalId}): ${meaning ?? "not known to us"}\n`,
    );
  return 0;
}

await runCommand(main);
