/** A PDF file as a row of objects. */
import { deflateSync } from "node:zlib";

/** Numbered objects, and at the end the table of where each begins. */
export class PdfFile {
  readonly #parts: Buffer[] = [Buffer.from("%PDF-1.5\n%\xe2\xe3\xcf\xd3\n", "latin1")];
  readonly #starts: number[] = [];
  #length = this.#parts[0]!.length;

  /** The number of the object that is added next. */
  get next(): number {
    return this.#starts.length + 1;
  }

  add(body: string | Buffer): number {
    this.#starts.push(this.#length);
    this.#push(`${this.#starts.length} 0 obj\n`);
    this.#push(body);
    this.#push("\nendobj\n");
    return this.#starts.length;
  }

  stream(entries: string, bytes: Uint8Array): number {
    const packed = deflateSync(bytes);
    const head = `<<${entries} /Filter /FlateDecode /Length ${packed.length}>>\nstream\n`;
    return this.add(Buffer.concat([Buffer.from(head), packed, Buffer.from("\nendstream")]));
  }

  end(trailer: string): Uint8Array {
    const at = this.#length;
    const rows = this.#starts.map((start) => `${String(start).padStart(10, "0")} 00000 n \n`);
    const size = rows.length + 1;
    this.#push(`xref\n0 ${size}\n0000000000 65535 f \n${rows.join("")}`);
    this.#push(`trailer\n<</Size ${size} ${trailer}>>\nstartxref\n${at}\n%%EOF\n`);
    return Buffer.concat(this.#parts);
  }

  #push(part: string | Buffer): void {
    const bytes = typeof part === "string" ? Buffer.from(part, "latin1") : part;
    this.#parts.push(bytes);
    this.#length += bytes.length;
  }
}
