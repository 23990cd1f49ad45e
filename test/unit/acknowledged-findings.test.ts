import { describe, expect, test } from "vitest";
import { ACKNOWLEDGED } from "../judges/acknowledged.ts";
import { type Acknowledgement, complaintsOf, type Finding } from "../judges/acknowledgements.ts";

const finding = (change: Partial<Finding> = {}): Finding => ({
  judge: "checkov",
  rule: "R1",
  resource: "Bucket",
  template: "defaults",
  message: "Ensure that it is safe",
  ...change,
});
const known = (change: Partial<Acknowledgement> = {}): Acknowledgement => ({
  judge: "checkov",
  rule: "R1",
  resources: ["Bucket"],
  reason: "It holds nothing.",
  ...change,
});

describe("findings of the judges of templates", () => {
  test("that are acknowledged need no mending, in whichever template", () => {
    expect(complaintsOf("checkov", [finding(), finding({ template: "with-key" })], [known()])).toEqual([]);
  });

  test("of another rule, another resource or another judge are not covered", () => {
    const open = [finding({ rule: "R2" }), finding({ resource: "Queue" })];
    expect(complaintsOf("checkov", [finding(), ...open], [known()])).toEqual([
      "R2 Bucket in template defaults: Ensure that it is safe",
      "R1 Queue in template defaults: Ensure that it is safe",
    ]);
    expect(complaintsOf("cfn-lint", [finding()], [known()])).toHaveLength(1);
  });

  test("are not covered in a template that the acknowledgement excludes", () => {
    const withKey = finding({ template: "with-key" });
    expect(complaintsOf("checkov", [finding(), withKey], [known({ notIn: ["with-key"] })])).toEqual([
      "R1 Bucket in template with-key: Ensure that it is safe",
    ]);
  });

  test("an acknowledgement that holds for nothing any more is a complaint, resource by resource", () => {
    expect(complaintsOf("checkov", [finding()], [known({ resources: ["Bucket", "Queue"] })])).toEqual([
      "acknowledged, but no longer found: R1 Queue",
    ]);
    expect(complaintsOf("cfn-lint", [], [known()])).toEqual([]);
  });

  test("each acknowledgement has a reason of one sentence, and names each resource once", () => {
    for (const { reason, resources } of ACKNOWLEDGED) {
      expect(reason).toMatch(/^[A-Z].{20,}\.$/);
      expect(new Set(resources).size).toBe(resources.length);
    }
  });
});
