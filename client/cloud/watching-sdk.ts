/** What `manyhands cost` uses of AWS's SDK beside sdk.ts: loaded for it alone. */
export { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
export { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
