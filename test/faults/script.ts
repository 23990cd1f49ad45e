/** Which fault strikes now: a plan being carried out. */
import { type FaultKind, kindOf } from "./kinds.ts";
import {
  type ChunkFault,
  type DeliveryFault,
  EVERY,
  type Fault,
  isSame,
  type Plan,
  type RequestFault,
} from "./plan.ts";

/** What of a request decides which faults are about it. */
export interface Asked {
  readonly operation: "send" | "PUT" | "GET" | "other";
  readonly isConditional: boolean;
}

export class Script {
  /** How often each fault has struck. */
  readonly struck = new Map<Fault, number>();
  readonly #faults: readonly Fault[];
  readonly #onStrike: (fault: Fault) => void;
  readonly #reserved = new Map<Fault, number>();
  readonly #counts = new Map<string, number>();

  constructor({ faults }: Pick<Plan, "faults">, onStrike: (fault: Fault) => void) {
    this.#faults = faults;
    this.#onStrike = onStrike;
  }

  /** The fault that this delivery is to meet, if it is one of those kinds. */
  delivery(
    chunks: readonly number[],
    receive: number,
    isWanted: (kind: FaultKind) => boolean,
  ): DeliveryFault | undefined {
    return this.#all("delivery").find(
      (fault) => isAddressed(fault, chunks, receive) && isWanted(fault.kind) && this.#isLeft(fault),
    );
  }

  chunk(chunk: number, asked: Asked): ChunkFault | undefined {
    return this.#all("chunk").find(
      (fault) => fault.chunk === chunk && this.#isLeft(fault) && isAbout(fault.kind, asked, "PUT"),
    );
  }

  /** To be asked once about each request of a stage. */
  request(stage: string, asked: Asked): RequestFault | undefined {
    const classes = asked.operation === "send" ? ["send"] : ["any", asked.operation];
    const ordinals = new Map(classes.map((name) => [name, this.#count(`${stage} ${name}`)]));
    return this.#all("request").find(
      (fault) =>
        fault.stage === stage &&
        this.#isLeft(fault) &&
        isAbout(fault.kind, asked) &&
        (ordinals.get(kindOf(fault.kind).requests ?? "") ?? 0) >= fault.nth,
    );
  }

  /** To be asked once about each result message. */
  result() {
    const nth = this.#count("result");
    return this.#all("result").find((fault) => fault.nth === nth);
  }

  /** To be asked once about each batch of the splitter, and each PUT of the aggregator. */
  stage(stage: "splitter" | "aggregator") {
    const nth = this.#count(`killed ${stage}`);
    return this.#all(stage).find((fault) => fault.nth <= nth && this.#isLeft(fault));
  }

  fleet(kind: FaultKind): Fault | undefined {
    return this.#all("fleet").find((fault) => fault.kind === kind);
  }

  /** The fault has struck. */
  strike(fault: Fault): void {
    this.struck.set(fault, (this.struck.get(fault) ?? 0) + 1);
    this.#onStrike(fault);
  }

  /** Takes one strike of the fault until it is known whether it came to anything. */
  reserve(fault: Fault): { strike(): void; miss(): void } {
    const change = (by: number) => this.#reserved.set(fault, (this.#reserved.get(fault) ?? 0) + by);
    change(1);
    return {
      strike: () => {
        change(-1);
        this.strike(fault);
      },
      miss: () => change(-1),
    };
  }

  #isLeft(fault: Fault): boolean {
    const allowed =
      fault.place === "chunk" || fault.place === "request"
        ? fault.times
        : fault.place === "delivery" && fault.receive === EVERY
          ? EVERY
          : 1;
    return (this.struck.get(fault) ?? 0) + (this.#reserved.get(fault) ?? 0) < allowed;
  }

  #all<Place extends Fault["place"]>(place: Place) {
    return this.#faults.filter(
      (fault): fault is Extract<Fault, { readonly place: Place }> => fault.place === place,
    );
  }

  #count(what: string): number {
    const count = (this.#counts.get(what) ?? 0) + 1;
    this.#counts.set(what, count);
    return count;
  }
}

/** What strikes each time strikes whatever message brings the chunks, or some of them. */
function isAddressed(fault: DeliveryFault, chunks: readonly number[], receive: number): boolean {
  if (fault.receive === EVERY) return chunks.every((chunk) => fault.chunks.includes(chunk));
  return isSame(fault.chunks, chunks) && fault.receive === receive;
}

/** True where the fault strikes such requests; `any` is what it means by any of them. */
function isAbout(kind: FaultKind, { operation, isConditional }: Asked, any = operation): boolean {
  const { requests } = kindOf(kind);
  if (requests === "conditional PUT") return operation === "PUT" && isConditional;
  return requests === "any" ? operation !== "send" && operation === any : operation === requests;
}
