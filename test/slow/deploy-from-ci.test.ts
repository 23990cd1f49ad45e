import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { ENVIRONMENTS } from "../../examples/deploy-from-ci/environments.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const EXAMPLE = join(import.meta.dirname, "../../examples/deploy-from-ci");
const CDK = join(import.meta.dirname, "../../node_modules/.bin/cdk");

/** The template that the workflow's command gives. */
async function synthesized(stack: string, ...context: readonly string[]) {
  const output = temporaryFolder();
  const args = ["synth", "--quiet", "--output", output, ...context.flatMap((each) => ["-c", each])];
  await promisify(execFile)(CDK, args, {
    cwd: EXAMPLE,
    env: { ...process.env, CDK_DISABLE_VERSION_CHECK: "1" },
  });
  const [manifest, template] = ["manifest.json", `${stack}.template.json`].map((name) =>
    JSON.parse(readFileSync(join(output, name), "utf8")),
  );
  return { stackName: manifest.artifacts[stack].properties.stackName ?? stack, template };
}

describe("the example of a deployment from CI", () => {
  test.each([
    ["staging", "20", "Delete"],
    ["production", "500", "Retain"],
  ])("-c environment=%s is that environment's stack", async (name, workers, policy) => {
    const { stackName, template } = await synthesized("Manyhands", `environment=${name}`);
    expect(stackName).toBe(`manyhands-${name}`);
    expect(template.Outputs.MaxConcurrency.Value).toBe(workers);
    const buckets = Object.values<{ Type: string; DeletionPolicy: string }>(template.Resources).filter(
      ({ Type }) => Type === "AWS::S3::Bucket",
    );
    expect(buckets.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual([policy]);
  });

  test.each([["environment=stagin"], ["environment=toString"], ["other=1"]])(
    "-c %s is refused with a sentence",
    async (context) => {
      await expect(synthesized("Manyhands", context)).rejects.toThrow(
        /Expected -c environment=\.\.\. to be one of staging, production, got `/,
      );
    },
  );

  test("the role is for runs of that repository in these environments, and takes only the roles of cdk bootstrap", async () => {
    const { template } = await synthesized("GithubRole", "repository=me/mine");
    const { Properties } = only(template, "AWS::IAM::Role");
    expect(Properties.AssumeRolePolicyDocument.Statement).toMatchObject([
      {
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": Object.keys(ENVIRONMENTS).map(
              (name) => `repo:me/mine:environment:${name}`,
            ),
          },
        },
      },
    ]);
    const { Statement } = only(template, "AWS::IAM::Policy").Properties.PolicyDocument;
    expect(Statement).toMatchObject([{ Action: "sts:AssumeRole", Effect: "Allow" }]);
    expect(JSON.stringify(Statement[0].Resource)).toMatch(/:role\/cdk-\*"/);
  });

  test("the workflow has the environments that the app knows", () => {
    const workflow = readFileSync(join(EXAMPLE, ".github/workflows/deploy.yml"), "utf8");
    expect(workflow).toContain(`options: [${Object.keys(ENVIRONMENTS).join(", ")}]`);
  });
});

function only(template: { Resources: Record<string, Resource> }, type: string): Resource {
  const [found] = Object.values(template.Resources).filter(({ Type }) => Type === type);
  return found!;
}

interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's JSON, of any shape
  readonly Properties: any;
}
