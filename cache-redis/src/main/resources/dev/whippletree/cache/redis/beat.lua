-- Says that a process is there, and counts those that are.
--   KEYS  the processes, by when they were last seen
--   ARGV  process, after how long one that wasn't seen is gone
-- Replies Redis's time and the number.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local gone = tonumber(ARGV[2])
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - gone)
redis.call('PEXPIRE', KEYS[1], gone)
return {now, redis.call('ZCARD', KEYS[1])}
