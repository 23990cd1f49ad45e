/** TLS in front of the embedded cloud: AWS is asked over TLS, and its handshakes are much of a first event. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createServer } from "node:tls";
import type { LocalCloud } from "../../client/local/local-cloud.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";

const KEY = "ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost".split(" ");

export interface TlsFront {
  /** Variables of a slot that asks the cloud through it. */
  readonly environment: Readonly<Record<string, string>>;
  close(): void;
}

/** With a key and a certificate of its own, in `folder`, made by the program openssl. Throws InvalidInputError where there is none. */
export async function startTlsFront(cloud: LocalCloud, folder: string): Promise<TlsFront> {
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const about = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate];
  try {
    execFileSync("openssl", ["req", "-x509", "-newkey", ...KEY, ...about], { stdio: "ignore" });
  } catch (error) {
    throw new InvalidInputError(
      "this machine",
      "one with the program openssl, which makes a certificate",
      `${(error as NodeJS.ErrnoException).code ?? "one that failed"}`,
    );
  }
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (connection) => {
    connection.on("error", () => {}); // its slot was ended
    cloud.serve(connection);
  });
  server.on("tlsClientError", () => {});
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    environment: { AWS_ENDPOINT_URL: `https://127.0.0.1:${port}`, NODE_EXTRA_CA_CERTS: certificate },
    close: () => void server.close(),
  };
}
