import type { IncomingMessage, ServerResponse } from "node:http";
import { type RequestHead, SignatureVerifier } from "./signature.ts";

/**
 * Returns whether a request may come in; it has answered a request that may not. `bodyHash`: of its body, where that was read already
 * because the head does not say it.
 */
export type Door = (request: IncomingMessage, response: ServerResponse, bodyHash?: string) => boolean;

/**
 * Guards a server on the loopback interface, which every user of this machine and every page in its browsers can reach.
 * Lets in requests that are signed with the secret and `isServed`, and answers 403 to everything else, by the head
 * alone: it does not read a stranger's body.
 */
export function makeDoor(secret: string, isServed: (head: RequestHead) => boolean): Door {
  const verifier = new SignatureVerifier(secret);
  return (request, response, bodyHash) => {
    const isKnown = isMeantForUs(request) && isServed(request);
    const isWelcome = isKnown && verifier.isSigned(request, bodyHash);
    if (!isWelcome) refuse(response, isKnown ? "SignatureDoesNotMatch" : "AccessDenied");
    return isWelcome;
  };
}

/** False for a request from a browser: from a page, or by a host name that a name server points to this machine. */
function isMeantForUs({ headers, socket }: IncomingMessage): boolean {
  const isFromPage = "origin" in headers || "sec-fetch-site" in headers;
  return headers.host === `127.0.0.1:${socket.localPort}` && !isFromPage;
}

/**
 * Answers 403 and closes the connection: otherwise the server would read the rest of the request to find the next one.
 */
export function refuse(response: ServerResponse, code: string): void {
  const xml = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>This request may not come in.</Message></Error>`;
  response.writeHead(403, {
    connection: "close",
    "content-type": "application/xml",
    "x-amzn-errortype": code,
  });
  response.end(xml);
}
