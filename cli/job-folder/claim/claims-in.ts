import { readdirSync, statSync } from "node:fs";
import { bootId, type Claim, nameIn, readClaim, removeClaim, socketName } from "./claim-file.ts";
import { isListening } from "./claim-socket.ts";

/** How long the claim of a process that cannot be asked may stay as it is before that process counts as dead. */
export const PATIENCE_MS = 10_000;

export interface FoundClaim {
  readonly name: string;
  /** Undefined where the file is damaged. */
  readonly claim: Claim | undefined;
  /** False where only time can tell, since the owner runs on another machine, or did before the last boot. */
  readonly isAlive: boolean;
}

interface Seen {
  readonly stamp: string;
  readonly sinceMs: number;
  readonly wasRenewed: boolean;
}

/** The claims that lie in a folder, seen again and again: those that do not change for long enough are removed. */
export class ClaimsIn {
  readonly #folder: string;
  readonly #patienceMs: number;
  readonly #boot = bootId();
  readonly #seen = new Map<string, Seen>();

  constructor(folder: string, patienceMs = PATIENCE_MS) {
    this.#folder = folder;
    this.#patienceMs = patienceMs;
  }

  /** All but those of the dead. What is no regular file is no claim: it is neither followed nor removed. */
  async look(): Promise<FoundClaim[]> {
    const files = readdirSync(this.#folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    const names = files.map((file) => nameIn(file.name)).filter((name) => name !== undefined);
    const found = await Promise.all(names.map((name) => this.#lookAt(name)));
    return found.filter((one) => one !== undefined);
  }

  async #lookAt(name: string): Promise<FoundClaim | undefined> {
    // Before the socket: an owner that says that it has one has had it by then.
    const read = readClaim(this.#folder, name);
    if (!read) return undefined;
    const { stamp, claim } = read;
    const answer = await isListening(this.#folder, socketName(name));
    if (answer) return { name, claim, isAlive: true };
    const isDead = answer === false && claim !== undefined && this.#isOfThisKernel(claim);
    const seen = this.#seen.get(name);
    const now = performance.now(); // no clock of another machine, and none that somebody sets
    if (isDead || (seen?.stamp === stamp && now - seen.sinceMs > this.#patienceMs)) {
      removeClaim(this.#folder, name);
      return undefined;
    }
    const wasRenewed = seen !== undefined && (seen.wasRenewed || seen.stamp !== stamp);
    if (seen?.stamp !== stamp) this.#seen.set(name, { stamp, sinceMs: now, wasRenewed });
    return { name, claim, isAlive: wasRenewed };
  }

  /** Where containers mount a folder twice, over a network say, each mount has sockets of its own. */
  #isOfThisKernel({ boot, device }: Claim): boolean {
    return boot !== undefined && boot === this.#boot && device === statSync(this.#folder).dev;
  }
}
