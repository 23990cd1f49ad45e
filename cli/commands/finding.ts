/** One thing that was looked at; `advice` says what to do where it is not as it should be. */
export interface Finding {
  readonly check: string;
  readonly state: "ok" | "warning" | "problem";
  readonly text: string;
  readonly advice?: string;
}

export type Found = Omit<Finding, "check">;
