/** What this process's environment says of AWS: a child that opens a store of S3 finds keys and region by it. */
export function awsSettings(): Readonly<Record<string, string>> {
  const given = Object.entries(process.env).filter(([key, value]) => key.startsWith("AWS_") && value);
  return Object.fromEntries(given) as Record<string, string>;
}
