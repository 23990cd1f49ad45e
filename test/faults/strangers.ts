import { request as ask, type OutgoingHttpHeaders } from "node:http";

/** A request as any user of this machine can send it. */
export interface Knock {
  readonly method: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

/** Sends it with a plain client, which adds nothing to it. Gives the answer's status and text. */
export function knock(endpoint: string, { method, path, headers = {}, body = "" }: Knock) {
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const { hostname, port } = new URL(endpoint);
    const length = { "content-length": Buffer.byteLength(body) };
    const sent = ask({ hostname, port, method, path, headers: { ...length, ...headers }, agent: false });
    sent.on("error", reject);
    sent.on("response", async (response) => {
      let text = "";
      for await (const part of response.setEncoding("utf8")) text += part;
      resolve({ status: response.statusCode ?? 0, text });
    });
    sent.end(body);
  });
}

/** What another user's program, or a page in a browser, would try on a run whose port it found, by what it is. */
export function attacks(endpoint: string, jobId: string): [name: string, Knock][] {
  const job = `/manyhands/jobs/${jobId}`;
  const queueUrl = `${endpoint}/000000000000/results`;
  const topic = "arn:aws:sns:us-east-1:000000000000:t";
  const sqs = (action: string, input: object): Knock => ({
    ...{ method: "POST", path: "/", body: JSON.stringify({ QueueUrl: queueUrl, ...input }) },
    headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${action}` },
  });
  const form = (input: Record<string, string>): Knock => ({
    ...{ method: "POST", path: "/", body: new URLSearchParams(input).toString() },
    headers: { "content-type": "application/x-www-form-urlencoded", origin: "https://evil.example" },
  });
  const claim = "AWS4-HMAC-SHA256 Credential=worker/20260101/us-east-1/s3/aws4_request, SignedHeaders=host";
  return [
    ["read job.json", { method: "GET", path: `${job}/job.json` }],
    ["see whether it is there", { method: "HEAD", path: `${job}/job.json` }],
    ["list the bucket", { method: "GET", path: "/manyhands?list-type=2&prefix=jobs/" }],
    ["replace a chunk", { method: "PUT", path: `${job}/array/escape_time/c/0/0`, body: "forged" }],
    ["store something new", { method: "PUT", path: `${job}/heatmap.png`, body: "forged" }],
    ["delete an object", { method: "DELETE", path: `${job}/job.json` }],
    ["begin an upload", { method: "POST", path: `${job}/x?uploads=` }],
    ["send a report", sqs("SendMessage", { MessageBody: "forged" })],
    ["send reports", sqs("SendMessageBatch", { Entries: [{ Id: "0", MessageBody: "forged" }] })],
    ["take messages", sqs("ReceiveMessage", {})],
    ["purge a queue", sqs("PurgeQueue", {})],
    ["make a queue", sqs("CreateQueue", { QueueName: "q" })],
    ["look into the emulator", { method: "GET", path: "/_fauxqs/queues/results" }],
    ["make a topic from a page", form({ Action: "CreateTopic", Name: "t" })],
    [
      "lead it to the reports",
      form({ Action: "Subscribe", TopicArn: topic, Protocol: "sqs", Endpoint: queueUrl }),
    ],
    ["publish to it", form({ Action: "Publish", TopicArn: topic, Message: "forged" })],
    [
      "post plain text from a page",
      {
        ...{ method: "POST", path: "/", body: "{}" },
        headers: { "content-type": "text/plain", origin: "https://evil.example" },
      },
    ],
    [
      "post a form with a file from a page",
      {
        ...{ method: "POST", path: "/manyhands" },
        headers: { "content-type": "multipart/form-data; boundary=b", origin: "null" },
        body: `--b\r\ncontent-disposition: form-data; name="key"\r\n\r\njobs/${jobId}/heatmap.png\r\n--b\r\ncontent-disposition: form-data; name="file"\r\n\r\nforged\r\n--b--\r\n`,
      },
    ],
    [
      "ask whether a page may",
      {
        ...{ method: "OPTIONS", path: `${job}/job.json` },
        headers: { origin: "https://evil.example", "access-control-request-method": "PUT" },
      },
    ],
    [
      "come by another name",
      { method: "GET", path: `${job}/job.json`, headers: { host: "rebind.evil.example" } },
    ],
    [
      "claim to be a worker",
      {
        ...{ method: "GET", path: `${job}/job.json` },
        headers: { authorization: `${claim}, Signature=${"0".repeat(64)}` },
      },
    ],
    [
      "write beside the header",
      { method: "GET", path: "//", headers: { authorization: "AWS4-HMAC-SHA256" } },
    ],
  ];
}
