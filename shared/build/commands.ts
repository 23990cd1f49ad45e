/** Commands that sentences name. A checkout has scripts for its own LocalStack; a user of the npm package has LocalStack from elsewhere. */
import BUILD from "#build";
import { quoted } from "../validation/command-line.ts";

/** Whether this program is the npm package: it builds nothing but users' kernels. */
export const IS_PACKAGE = BUILD.stages !== undefined;

/** How LocalStack is started. */
export const START_LOCALSTACK = IS_PACKAGE ? "localstack start" : "npm run localstack";

/** How to find the settings for LocalStack: the end of a sentence on settings that are missing. */
export const LOCALSTACK_SETTINGS = IS_PACKAGE
  ? "for LocalStack, any will do"
  : "for LocalStack, what `npm run localstack` printed";

/** The command that deploys, to AWS or to LocalStack; options follow. */
export const deployWith = (isLocal: boolean): string =>
  isLocal && !IS_PACKAGE ? "npm run deploy:localstack" : "npx cdk deploy";

/** How a deployment gets kernels from these files: a stack of the user's own has them as a property. */
export function deployWithKernels(isLocal: boolean, files: readonly string[]): string {
  const isPython = (file: string) => file.endsWith(".py");
  const settings = {
    kernels: files.filter((file) => !isPython(file)),
    pythonKernels: files.filter(isPython),
  };
  const given = Object.entries(settings).filter(([, some]) => some.length > 0);
  if (IS_PACKAGE) {
    const properties = given.map(([name, some]) => `${name}: ${JSON.stringify(some)}`);
    return `\`npx cdk deploy\` and FanOut's \`${properties.join(", ")}\``;
  }
  const options = given.map(([name, some]) => `-c ${quoted(`${name}=${some.join(",")}`)}`);
  return `\`${[deployWith(isLocal), ...(isLocal ? ["--"] : []), ...options].join(" ")}\``;
}

/** How a deployment on LocalStack is removed. */
export const REMOVE_LOCALLY = IS_PACKAGE ? "npx cdk destroy" : "npm run destroy:localstack";
