import { App } from "aws-cdk-lib";
import { ManyhandsStack } from "manyhands/cdk";
import { ENVIRONMENTS } from "./environments.ts";
import { GithubRole } from "./github-role.ts";

/** `-c environment=staging` is the stack of that environment, `-c repository=me/mine` the role that GitHub deploys with. */
const app = new App();
const name: unknown = app.node.tryGetContext("environment");
const repository: unknown = app.node.tryGetContext("repository");
const known = Object.keys(ENVIRONMENTS);

if (typeof repository === "string") new GithubRole(app, "GithubRole", { repository, environments: known });
else if (typeof name === "string" && Object.hasOwn(ENVIRONMENTS, name))
  new ManyhandsStack(app, "Manyhands", { stackName: `manyhands-${name}`, ...ENVIRONMENTS[name] });
else {
  console.error(`Expected -c environment=... to be one of ${known.join(", ")}, got \`${name}\`.`);
  process.exit(2);
}
