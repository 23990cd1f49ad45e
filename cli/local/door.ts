import type { IncomingMessage, ServerResponse } from "node:http";
import { type RequestHead, SignatureVerifier } from "./signature.ts";

/** Returns whether a request may come in; one that may not has been answered. */
export type Door = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Stands before what listens on the loopback interface, where every user of this machine and every page in its browsers
 * can knock. Lets in what is signed with the secret and `isServed`, and answers 403 to everything else, by the head of
 * the request alone: the body of a stranger's is not read.
 */
export function makeDoor(secret: string, isServed: (head: RequestHead) => boolean): Door {
  const verifier = new SignatureVerifier(secret);
  return (request, response) => {
    const isKnown = isMeantForUs(request) && isServed(request);
    const isWelcome = isKnown && verifier.isSigned(request);
    if (!isWelcome) refuse(response, isKnown ? "SignatureDoesNotMatch" : "AccessDenied");
    return isWelcome;
  };
}

/** Not so where a browser asks: for one of its pages, or by a name that somebody lets point to this machine. */
function isMeantForUs({ headers, socket }: IncomingMessage): boolean {
  const isFromPage = "origin" in headers || "sec-fetch-site" in headers;
  return headers.host === `127.0.0.1:${socket.localPort}` && !isFromPage;
}

/** Answers 403. The connection ends with it, or the rest of the request would be read to find the next one. */
export function refuse(response: ServerResponse, code: string): void {
  const xml = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>This request may not come in.</Message></Error>`;
  response.writeHead(403, {
    connection: "close",
    "content-type": "application/xml",
    "x-amzn-errortype": code,
  });
  response.end(xml);
}
