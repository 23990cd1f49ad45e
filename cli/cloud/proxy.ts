import { show } from "../../shared/validation/parse.ts";
import { shownAddress } from "../../shared/validation/printable.ts";
import { CloudError } from "./cloud-errors.ts";

/** What Node's agents take as `proxyEnv`. */
export type ProxyEnv = Readonly<Partial<Record<"HTTP_PROXY" | "HTTPS_PROXY" | "NO_PROXY", string>>>;

/** A LocalStack, or a tunnel's end: no proxy could reach what is on this machine. */
const LOOPBACK = ["localhost", "127.0.0.0-127.255.255.255", "::1"];

/**
 * The proxies that the usual variables name, in capitals or not; undefined where there are none. The SDK looks at no such
 * variable. Throws CloudError for what is no address of a proxy, which Node would pass over silently.
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

/** As curl has it, an address may do without `http://`. */
function proxyAddress(name: string, given: string | undefined): string | undefined {
  if (!given) return undefined;
  const address = given.includes("://") ? given : `http://${given}`;
  if (/^https?:\/\/./.test(address) && URL.canParse(address)) return address;
  throw new CloudError(
    `Expected ${name} to be an address such as http://proxy.example.com:8080, got ${show(shownAddress(given))}.`,
  );
}
