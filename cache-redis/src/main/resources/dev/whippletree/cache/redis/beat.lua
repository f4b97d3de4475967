-- Says that a process is there, and counts those that are.
--   KEYS  the processes, by when they were last seen; outside a cluster, any other key, which isn't touched
--   ARGV  process, after how long one that wasn't seen is gone
-- Replies Redis's time, the number, and 1 if the process wasn't among them.

local now = millis()
local gone = tonumber(ARGV[2])
local added = typed('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - gone)
local early = redis.call('ZREMRANGEBYSCORE', KEYS[1], now + SKEW, '+inf')
if early > 0 then
  ignore(KEYS[1], 'of ' .. early .. ' that were seen in the future')
end
-- A little ahead are those that another clock has dated. They say soon that they are there.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. whole(now), '+inf')
if redis.call('ZCARD', KEYS[1]) > MOST_PROCESSES then
  ignore(KEYS[1], 'of more than ' .. MOST_PROCESSES)
  redis.call('DEL', KEYS[1])
  redis.call('ZADD', KEYS[1], now, ARGV[1])
end
redis.call('PEXPIRE', KEYS[1], gone)
return told({now, redis.call('ZCARD', KEYS[1]), added})
