import { show } from "../../shared/validation/parse.ts";
import { shownAddress } from "../../shared/validation/printable.ts";
import { CloudError } from "./cloud-errors.ts";

/** The `proxyEnv` of Node's agents. */
export type ProxyEnv = Readonly<Partial<Record<"HTTP_PROXY" | "HTTPS_PROXY" | "NO_PROXY", string>>>;

/** A LocalStack, or a tunnel's end: a proxy cannot reach addresses of this machine. */
const LOOPBACK = ["localhost", "127.0.0.0-127.255.255.255", "::1"];

/**
 * The proxies that the usual variables name, in upper or lower case; undefined if there are none. The SDK does not read
 * these variables. Throws CloudError for an invalid address, which Node would ignore silently.
 */
export function proxyFromEnvironment(environment: NodeJS.ProcessEnv = process.env): ProxyEnv | undefined {
  const value = (name: string) => environment[name.toLowerCase()] || environment[name] || undefined;
  const HTTP_PROXY = proxyAddress("HTTP_PROXY", value("HTTP_PROXY"));
  const HTTPS_PROXY = proxyAddress("HTTPS_PROXY", value("HTTPS_PROXY"));
  if (!HTTP_PROXY && !HTTPS_PROXY) return undefined;
  const exceptions = (value("NO_PROXY") ?? "").split(/[\s,]+/).filter((name) => name !== "");
  return {
    ...(HTTP_PROXY && { HTTP_PROXY }),
    ...(HTTPS_PROXY && { HTTPS_PROXY }),
    NO_PROXY: [...exceptions, ...LOOPBACK].join(","),
  };
}

/** As in curl, an address may omit `http://`. */
function proxyAddress(name: string, given: string | undefined): string | undefined {
  if (!given) return undefined;
  const address = given.includes("://") ? given : `http://${given}`;
  if (/^https?:\/\/./.test(address) && URL.canParse(address)) return address;
  throw new CloudError(
    `Expected ${name} to be an address such as http://proxy.example.com:8080, got ${show(shownAddress(given))}.`,
  );
}
