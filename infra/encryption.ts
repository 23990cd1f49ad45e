import { Annotations, ArnFormat, Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { Construct } from "constructs";

/**
 * Lets CloudWatch Logs use the key for this stack's log groups, as
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html asks. The service writes logs in
 * its own name, not the function's, so grants to the roles do not help. Warns when the key is imported: its policy
 * cannot be changed from here.
 */
export function letLogsUse(key: IKey, scope: Construct): void {
  const stack = Stack.of(scope);
  // A pattern, since generated names begin with the stack's. The groups' ARNs would be a cycle: the groups wait for the
  // key.
  const logGroups = stack.formatArn({
    service: "logs",
    resource: "log-group",
    resourceName: `${stack.stackName}-*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const { statementAdded } = key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal(`logs.${stack.region}.amazonaws.com`)],
      actions: [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:DescribeKey",
      ],
      // In a key's policy, `*` is the key itself.
      resources: ["*"],
      conditions: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": logGroups } },
    }),
  );
  if (statementAdded) return;
  Annotations.of(scope).addWarningV2(
    "manyhands:imported-key",
    `The policy of the imported encryptionKey must allow logs.${stack.region}.amazonaws.com its use for log groups ${stack.stackName}-*, or they cannot be made.`,
  );
}
