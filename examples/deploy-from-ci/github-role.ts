import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import { OidcProviderNative, OpenIdConnectPrincipal, PolicyStatement, Role } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";

export interface GithubRoleProps extends StackProps {
  /** As in `me/mine`. */
  readonly repository: string;
  /** The names of its environments on GitHub that may deploy. */
  readonly environments: readonly string[];
}

/**
 * A role for the workflow, once for each account: without a key that could leak, as GitHub vouches for each run.
 * https://docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
 */
export class GithubRole extends Stack {
  constructor(scope: Construct, id: string, { repository, environments, ...props }: GithubRoleProps) {
    super(scope, id, props);
    const issuer = "token.actions.githubusercontent.com";
    const audience = "sts.amazonaws.com";
    const provider = new OidcProviderNative(this, "Github", {
      url: `https://${issuer}`,
      clientIds: [audience],
    });
    const subjects = environments.map((name) => `repo:${repository}:environment:${name}`);
    const role = new Role(this, "Role", {
      // The environments' own rules on GitHub decide which branches, and who, may use them.
      assumedBy: new OpenIdConnectPrincipal(provider, {
        StringEquals: { [`${issuer}:aud`]: audience, [`${issuer}:sub`]: subjects },
      }),
    });
    // All that `cdk deploy` does, it does as the roles that `cdk bootstrap` made.
    const roles = this.formatArn({ service: "iam", region: "", resource: "role", resourceName: "cdk-*" });
    role.addToPolicy(new PolicyStatement({ actions: ["sts:AssumeRole"], resources: [roles] }));
    new CfnOutput(this, "RoleArn", {
      value: role.roleArn,
      description: "The variable AWS_ROLE_ARN on GitHub",
    });
  }
}
