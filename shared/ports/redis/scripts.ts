/** The Lua scripts by which messages and objects are kept in Redis; docs/protocol.md shows them. All run on Redis 7.0 and Valkey. */
import { createHash } from "node:crypto";
import type { Redis } from "ioredis";

/** The consumer group that all receivers of a stream belong to. */
export const GROUP = "workers";

const NOW = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;
const BODY = `local function body(entry)
  for k = 1, #entry[2], 2 do if entry[2][k] == 'body' then return entry[2][k + 1] end end
  return ''
end`;
/** Only its holder may change a message: a worker that lost it must not take it from the next one. */
const HELD = `local row = redis.call('XPENDING', KEYS[1], 'workers', ARGV[2], ARGV[2], 1)[1]
if not row or row[2] ~= ARGV[1] or row[4] ~= tonumber(ARGV[3]) then return 0 end`;
/** Idle time is what makes a message visible; beyond the visibility timeout the sorted set keeps it hidden. */
const HIDE = `local ms, visibility = tonumber(ARGV[4]), tonumber(ARGV[5])
if ms > visibility then redis.call('ZADD', KEYS[2], now + ms, ARGV[2]) else redis.call('ZREM', KEYS[2], ARGV[2]) end
local idle = math.max(0, visibility - ms)`;

export const SCRIPTS = {
  /** stream; bodies */
  send: `for _, each in ipairs(ARGV) do redis.call('XADD', KEYS[1], '*', 'body', each) end
return #ARGV`,

  /** delayed; ms, then members `<uuid> <body>` */
  sendLater: `${NOW}
for k = 2, #ARGV do redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[k]) end
return #ARGV - 1`,

  /**
   * stream, hidden, delayed, dead letters; consumer, visibility ms, most, deliveries before a dead letter (0: none). Sends what came
   * due, buries what was delivered too often, takes over what its holder let go, then takes what is new.
   */
  take: `${NOW}
${BODY}
for _, due in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, 100)) do
  redis.call('ZREM', KEYS[3], due)
  redis.call('XADD', KEYS[1], '*', 'body', string.sub(due, 38))
end
local visibility, most, last = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local taken = {}
for _, row in ipairs(redis.call('XPENDING', KEYS[1], 'workers', 'IDLE', visibility, '-', '+', most + 100)) do
  local id, due = row[1], tonumber(redis.call('ZSCORE', KEYS[2], row[1]) or 0)
  if due > now then
    redis.call('XCLAIM', KEYS[1], 'workers', row[2], 0, id, 'IDLE', math.max(0, visibility - (due - now)), 'JUSTID')
  elseif last > 0 and row[4] >= last then
    local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
    if entry then redis.call('XADD', KEYS[4], '*', 'body', body(entry), 'receives', row[4]) end
    redis.call('XACK', KEYS[1], 'workers', id)
    redis.call('XDEL', KEYS[1], id)
    redis.call('ZREM', KEYS[2], id)
  elseif #taken < most then
    redis.call('ZREM', KEYS[2], id)
    local entry = redis.call('XCLAIM', KEYS[1], 'workers', ARGV[1], 0, id)[1]
    if entry then taken[#taken + 1] = {id, body(entry), row[4] + 1} end
  end
end
if #taken < most then
  local fresh = redis.call('XREADGROUP', 'GROUP', 'workers', ARGV[1], 'COUNT', most - #taken, 'STREAMS', KEYS[1], '>')
  if fresh then
    for _, entry in ipairs(fresh[1][2]) do taken[#taken + 1] = {entry[1], body(entry), 1} end
  end
end
return taken`,

  /** stream, hidden; ids */
  acknowledge: `redis.call('XACK', KEYS[1], 'workers', unpack(ARGV))
redis.call('XDEL', KEYS[1], unpack(ARGV))
redis.call('ZREM', KEYS[2], unpack(ARGV))
return #ARGV`,

  /** stream, hidden; consumer, id, deliveries, ms, visibility ms */
  postpone: `${NOW}
${HELD}
${HIDE}
redis.call('XCLAIM', KEYS[1], 'workers', ARGV[1], 0, ARGV[2], 'IDLE', idle, 'JUSTID')
return 1`,

  /** stream, hidden, delayed; consumer, id, deliveries, ms, visibility ms, uuid. A first delivery begins anew, a later one is not counted. */
  release: `${NOW}
${BODY}
${HELD}
${HIDE}
if row[4] > 1 then
  redis.call('XCLAIM', KEYS[1], 'workers', ARGV[1], 0, ARGV[2], 'IDLE', idle, 'RETRYCOUNT', row[4] - 1, 'JUSTID')
  return 1
end
local entry = redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2])[1]
redis.call('XACK', KEYS[1], 'workers', ARGV[2])
redis.call('XDEL', KEYS[1], ARGV[2])
redis.call('ZREM', KEYS[2], ARGV[2])
if not entry then return 0 end
if ms > 0 then redis.call('ZADD', KEYS[3], now + ms, ARGV[6] .. ' ' .. body(entry))
else redis.call('XADD', KEYS[1], '*', 'body', body(entry)) end
return 1`,

  /** stream, hidden, delayed; visibility ms. What its holder let go waits again. */
  depth: `${NOW}
local length, pending = redis.call('XLEN', KEYS[1]), redis.call('XPENDING', KEYS[1], 'workers')[1]
local idle = 0
for _, row in ipairs(redis.call('XPENDING', KEYS[1], 'workers', 'IDLE', ARGV[1], '-', '+', 1000000)) do
  if tonumber(redis.call('ZSCORE', KEYS[2], row[1]) or 0) <= now then idle = idle + 1 end
end
return {length - pending + idle, pending - idle, redis.call('ZCARD', KEYS[3])}`,

  /**
   * stream; consumer, visibility ms, ids that it knows of. What it was given by answers that were lost comes again at once, and that
   * delivery is not counted.
   */
  recover: `local known = {}
for k = 3, #ARGV do known[ARGV[k]] = true end
for _, row in ipairs(redis.call('XPENDING', KEYS[1], 'workers', '-', '+', 100000, ARGV[1])) do
  if not known[row[1]] then
    redis.call('XCLAIM', KEYS[1], 'workers', ARGV[1], 0, row[1], 'IDLE', ARGV[2], 'RETRYCOUNT', row[4] - 1, 'JUSTID')
  end
end
return 1`,

  /** stream; ms. Removes receivers that are long gone and hold nothing. */
  sweep: `if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
for _, flat in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], 'workers')) do
  local consumer = {}
  for k = 1, #flat, 2 do consumer[flat[k]] = flat[k + 1] end
  if consumer.pending == 0 and consumer.idle > tonumber(ARGV[1]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], 'workers', consumer.name)
  end
end
return 1`,

  /** stream; consumer. Never where messages are pending: XGROUP DELCONSUMER would drop them. */
  leave: `if #redis.call('XPENDING', KEYS[1], 'workers', '-', '+', 1, ARGV[1]) > 0 then return 0 end
redis.call('XGROUP', 'DELCONSUMER', KEYS[1], 'workers', ARGV[1])
return 1`,

  /** object; most bytes. Its length where that is more. */
  get: `local length = redis.call('STRLEN', KEYS[1])
if length > tonumber(ARGV[1]) then return length end
return redis.call('GET', KEYS[1])`,

  /** index, bytes, objects; most bytes in all, for each object its key, "absent" or "", content. For each 1: stored, 0: exists, -1: no room. */
  put: `local most, told, indexed = tonumber(ARGV[1]), {}, {}
local before = tonumber(redis.call('GET', KEYS[2]) or 0)
local bytes = before
for k = 3, #KEYS do
  local at = 3 * (k - 3) + 2
  local isAbsent, content = ARGV[at + 1] == 'absent', ARGV[at + 2]
  local length = redis.call('STRLEN', KEYS[k])
  local more = #content - length
  if isAbsent and length > 0 then told[#told + 1] = 0
  elseif more > 0 and bytes + more > most then told[#told + 1] = -1
  elseif isAbsent and not redis.call('SET', KEYS[k], content, 'NX') then told[#told + 1] = 0
  else
    if not isAbsent then redis.call('SET', KEYS[k], content) end
    bytes = bytes + more
    indexed[#indexed + 1] = 0
    indexed[#indexed + 1] = ARGV[at]
    told[#told + 1] = 1
  end
end
if #indexed > 0 then redis.call('ZADD', KEYS[1], unpack(indexed)) end
if bytes ~= before then redis.call('INCRBY', KEYS[2], bytes - before) end
return told`,

  /** parts; offset, ms that they last, content. At its offset: a part that is sent twice is there once. */
  append: `redis.call('SETRANGE', KEYS[1], ARGV[1], ARGV[3])
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`,

  /** object, index, bytes, its parts; key, most bytes in all. A stream's end: 1: stored, -1: no room. */
  commit: `local more = redis.call('STRLEN', KEYS[4]) - redis.call('STRLEN', KEYS[1])
if more > 0 and tonumber(redis.call('GET', KEYS[3]) or 0) + more > tonumber(ARGV[2]) then
  redis.call('DEL', KEYS[4])
  return -1
end
if redis.call('EXISTS', KEYS[4]) == 0 then return 0 end
redis.call('RENAME', KEYS[4], KEYS[1])
redis.call('PERSIST', KEYS[1])
redis.call('ZADD', KEYS[2], 0, ARGV[1])
redis.call('INCRBY', KEYS[3], more)
return 1`,

  /** object, index, bytes; key */
  remove: `redis.call('DECRBY', KEYS[3], redis.call('STRLEN', KEYS[1]))
redis.call('ZREM', KEYS[2], ARGV[1])
return redis.call('DEL', KEYS[1])`,
} as const;

export type ScriptName = keyof typeof SCRIPTS;
export type Argument = string | number | Buffer;

const hashes = new Map<string, string>();

/** They write nothing. Redis asks for the right to write every key of a script that is run without saying so. */
const READING: ReadonlySet<ScriptName> = new Set(["depth", "get"]);

/** Runs a script, sending its text only where the server does not have it. Bulk replies are text, or buffers where `asBuffers`. */
export async function runScript(
  redis: Redis,
  name: ScriptName,
  keys: readonly string[],
  args: readonly Argument[],
  { asBuffers = false } = {},
): Promise<unknown> {
  const lua = SCRIPTS[name];
  const hash = hashes.get(name) ?? createHash("sha1").update(lua).digest("hex");
  hashes.set(name, hash);
  const ask = (command: string, script: string) => {
    const all = [script, keys.length, ...keys, ...args];
    return asBuffers ? redis.callBuffer(command, ...all) : redis.call(command, ...all);
  };
  const readOnly = READING.has(name) ? "_RO" : "";
  try {
    return await ask(`EVALSHA${readOnly}`, hash);
  } catch (error) {
    if (!isReply(error, "NOSCRIPT")) throw error;
    return ask(`EVAL${readOnly}`, lua);
  }
}

/** Whether it is the server's word that this user may not do that; of a script's commands it tells otherwise. */
export function isForbidden(error: unknown): boolean {
  return isReply(error, "NOPERM") || isReply(error, "ERR The user executing the script");
}

/** Whether it is the server's own error of that code. */
export function isReply(error: unknown, code: string): boolean {
  return error instanceof Error && error.message.startsWith(`${code} `);
}
