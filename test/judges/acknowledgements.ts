/** What a judge of templates found: a rule that a resource of a template breaks. */
export interface Finding {
  readonly judge: string;
  readonly rule: string;
  /** The resource's logical id, without the hash that CDK ends it with. */
  readonly resource: string;
  /** The template's name in templates.ts. */
  readonly template: string;
  readonly message: string;
}

/** A finding that stays, and why. It holds for these resources and no others. */
export interface Acknowledgement {
  readonly judge: string;
  readonly rule: string;
  readonly resources: readonly string[];
  /** Templates in which it does not hold: there, the finding is a fault. */
  readonly notIn?: readonly string[];
  readonly reason: string;
}

/**
 * What is to be mended: findings of this judge that no acknowledgement covers, and acknowledged resources that it no
 * longer finds anything about.
 */
export function complaintsOf(
  judge: string,
  findings: readonly Finding[],
  acknowledgements: readonly Acknowledgement[],
): string[] {
  const own = acknowledgements.filter((known) => known.judge === judge);
  const open = findings.filter((finding) => !own.some((known) => covers(known, finding)));
  const spent = own.flatMap((known) =>
    known.resources
      .filter((resource) => !findings.some((found) => found.resource === resource && covers(known, found)))
      .map((resource) => `acknowledged, but no longer found: ${known.rule} ${resource}`),
  );
  return [...open.map(sentence), ...spent];
}

const covers = ({ rule, resources, notIn = [] }: Acknowledgement, found: Finding): boolean =>
  rule === found.rule && resources.includes(found.resource) && !notIn.includes(found.template);

const sentence = ({ rule, resource, template, message }: Finding) =>
  `${rule} ${resource} in template ${template}: ${message}`;
