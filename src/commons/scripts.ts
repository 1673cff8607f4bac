/**
 * What the store does in one step. It compares, keeps and tells; what values mean is decided by nobody here.
 *
 * The log is built as in Centrifugo's engine: a stream whose ids are the offsets, beside it where it ends and in which
 * epoch, and a message to whoever follows.
 * See: https://github.com/centrifugal/centrifuge/blob/master/internal/redis_lua/broker_history_add_stream.lua
 */
import { createHash } from 'node:crypto';

export interface Script {
  readonly text: string;
  readonly sha: string;
}

/** Before each value of a cell stands a mark: another one after each change. */
export const MARK_LENGTH = 12;

/**
 * A cell, and the clock.
 * KEYS: the cell. Answers: mark and value (or nothing), seconds, microseconds.
 */
export const READ_CELL = script(`
local time = redis.call('TIME')
return { redis.call('GET', KEYS[1]) or '', time[1], time[2] }`);

/**
 * Changes a cell that nobody else has changed since it was read.
 * KEYS: the cell. ARGV: the mark it had (or nothing), the next mark and value (nothing: none), its lifetime, where it is
 * told (nothing: nowhere). Answers: whether it was changed, and as above.
 */
export const SWAP_CELL = script(`
local time = redis.call('TIME')
local held = redis.call('GET', KEYS[1]) or ''
if string.sub(held, 1, ${MARK_LENGTH}) ~= ARGV[1] then return { 0, held, time[1], time[2] } end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
if ARGV[4] ~= '' then redis.call('PUBLISH', ARGV[4], KEYS[1]) end
return { 1, '', time[1], time[2] }`);

/** Where a log ends; one that is not there begins, in an epoch of its own. */
const END_OF_LOG = `
local ending = redis.call('HMGET', KEYS[2], 'epoch', 'offset')
local epoch, offset = ending[1], tonumber(ending[2] or '0')
if not epoch then
  epoch, offset = ARGV[1], 0
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[2], 'epoch', epoch, 'offset', offset)
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
end`;

/**
 * What a log holds after an offset.
 * KEYS: its stream, its end. ARGV: an epoch if it has none, its lifetime, the offset. Answers: epoch, offset, entries.
 */
export const READ_LOG = script(`${END_OF_LOG}
return { epoch, tostring(offset), redis.call('XRANGE', KEYS[1], '(' .. ARGV[3], '+') }`);

/**
 * Appends where the log ends as it was seen to.
 * KEYS: as above. ARGV: an epoch, the lifetime, the epoch and offset that were seen (no epoch: none was), how many are
 * kept, where it is told, the events. Answers: whether it was appended; epoch, offset, and what came in between.
 */
export const APPEND_TO_LOG = script(`${END_OF_LOG}
local seen = tonumber(ARGV[4])
if (ARGV[3] ~= '' and ARGV[3] ~= epoch) or offset ~= seen then
  local from = (ARGV[3] == epoch) and seen or 0
  return { 0, epoch, tostring(offset), redis.call('XRANGE', KEYS[1], '(' .. from, '+') }
end
for index = 7, #ARGV do
  offset = offset + 1
  redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[5], offset .. '-0', 'e', ARGV[index])
  redis.call('PUBLISH', ARGV[6], epoch .. ' ' .. offset .. ' ' .. ARGV[index])
end
redis.call('HSET', KEYS[2], 'offset', offset)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return { 1, epoch, tostring(offset) }`);

/**
 * What all gateways have in common, made by the first of them, and how many they are.
 * KEYS: the fleet, its gateways. ARGV: an id and a secret if there are none, the lifetime, this gateway, milliseconds
 * after which one that was not seen is gone, and after which it is missed. Answers: id, secret, how many, how many of
 * them were seen.
 */
export const JOIN_FLEET = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('HSET', KEYS[1], 'id', ARGV[1], 'secret', ARGV[2]) end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('ZADD', KEYS[2], now, ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[2], 0, now - ARGV[5])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
local fleet = redis.call('HMGET', KEYS[1], 'id', 'secret')
return { fleet[1], fleet[2], redis.call('ZCARD', KEYS[2]), redis.call('ZCOUNT', KEYS[2], now - ARGV[6], '+inf') }`);

/** A gateway goes. KEYS: as above. ARGV: which. */
export const LEAVE_FLEET = script(`return redis.call('ZREM', KEYS[2], ARGV[1])`);

function script(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}
