/** The host of a service in a region: https://docs.aws.amazon.com/general/latest/gr/rande.html#regional-endpoints */
export function hostOf(service: string, region: string): string {
  return `${service}.${region}.${region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com"}`;
}
