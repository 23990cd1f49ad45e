import { IncomingMessage, type RequestListener, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { Writable } from "node:stream";
import type { InjectedAnswer, InjectedRequest } from "./local-cloud.ts";

/** Has `routing` answer a request that no connection brought. */
export function inject(
  routing: RequestListener,
  { method, url, headers, payload }: InjectedRequest,
): Promise<InjectedAnswer> {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { method, url, headers, complete: true });
  if (payload.length > 0) request.push(payload);
  request.push(null);

  const { promise, resolve, reject } = Promise.withResolvers<InjectedAnswer>();
  // The request has no version of HTTP, so the answer's body is written as it is, not in HTTP's chunks.
  const response = new ServerResponse(request);
  const written: Buffer[] = [];
  const connection = new Writable({
    write(part: Buffer, _, done) {
      written.push(part);
      done();
    },
  });
  response.assignSocket(connection as Socket);
  response.once("error", reject);
  response.once("finish", () => {
    const all = Buffer.concat(written);
    const rawPayload = all.subarray(all.indexOf(END_OF_HEAD) + END_OF_HEAD.length);
    resolve({ statusCode: response.statusCode, headers: response.getHeaders(), rawPayload });
  });
  routing(request, response);
  return promise;
}

const END_OF_HEAD = "\r\n\r\n";
