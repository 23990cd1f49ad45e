import { sqsUnits } from "../request-limits.ts";

/** What a process has asked of S3 and SQS, by what AWS bills it as: each attempt is counted, whatever came of it. */
export interface Asked {
  /** PUTs, and listings, which cost the same. */
  readonly put: number;
  readonly get: number;
  readonly sqs: number;
}

/** Where nothing is billed. */
export const NOTHING_ASKED: Asked = Object.freeze({ put: 0, get: 0, sqs: 0 });

interface Request {
  readonly operation: string;
  readonly method: string;
  readonly body?: Uint8Array | string;
}

export class AskedSoFar implements Asked {
  put = 0;
  get = 0;
  sqs = 0;

  note(service: string, { operation, method, body = "" }: Request): void {
    if (service === "sqs") this.sqs += sqsUnits(body.length);
    if (service !== "s3" || method === "DELETE") return;
    if (operation === "GetObject") this.get++;
    else this.put++;
  }
}
