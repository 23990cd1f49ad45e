import { readdirSync, statSync } from "node:fs";
import { bootId, type Claim, nameIn, readClaim, removeClaim, socketName } from "./claim-file.ts";
import { isListening } from "./claim-socket.ts";

/** A process on another machine counts as dead once its claim has not changed for this long. */
export const PATIENCE_MS = 10_000;

export interface FoundClaim {
  readonly name: string;
  /** Undefined if the file is damaged. */
  readonly claim: Claim | undefined;
  /** False if only time can tell, because the owner runs on another machine, or did before the last boot. */
  readonly isAlive: boolean;
}

interface Seen {
  readonly stamp: string;
  readonly sinceMs: number;
  readonly wasRenewed: boolean;
}

/** The claims in a folder, read repeatedly: claims that stay unchanged for long enough are removed. */
export class ClaimsIn {
  readonly #folder: string;
  readonly #patienceMs: number;
  readonly #boot = bootId();
  readonly #seen = new Map<string, Seen>();

  constructor(folder: string, patienceMs = PATIENCE_MS) {
    this.#folder = folder;
    this.#patienceMs = patienceMs;
  }

  /**
   * All claims except those of dead owners, and except `own`, which needs no proof. Only a regular file is a claim: other
   * files are neither followed nor removed.
   */
  async look(own?: string): Promise<FoundClaim[]> {
    const files = readdirSync(this.#folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    const names = files
      .map((file) => nameIn(file.name))
      .filter((name) => name !== undefined && name !== own) as string[];
    const found = await Promise.all(names.map((name) => this.#lookAt(name)));
    return found.filter((one) => one !== undefined);
  }

  async #lookAt(name: string): Promise<FoundClaim | undefined> {
    // Before the socket: an owner whose claim mentions a socket has created the socket by then.
    const read = readClaim(this.#folder, name);
    if (!read) return undefined;
    const { stamp, claim } = read;
    const answer = await isListening(this.#folder, socketName(name));
    if (answer) return { name, claim, isAlive: true };
    const isDead = answer === false && claim !== undefined && this.#isOfThisKernel(claim);
    const seen = this.#seen.get(name);
    const now = performance.now(); // a monotonic time: no other machine's clock, and no clock that a user can set
    if (isDead || (seen?.stamp === stamp && now - seen.sinceMs > this.#patienceMs)) {
      removeClaim(this.#folder, name);
      return undefined;
    }
    const wasRenewed = seen !== undefined && (seen.wasRenewed || seen.stamp !== stamp);
    if (seen?.stamp !== stamp) this.#seen.set(name, { stamp, sinceMs: now, wasRenewed });
    return { name, claim, isAlive: wasRenewed };
  }

  /** Containers that mount one folder twice, over a network for example, have different sockets in each mount. */
  #isOfThisKernel({ boot, device }: Claim): boolean {
    return boot !== undefined && boot === this.#boot && device === statSync(this.#folder).dev;
  }
}
