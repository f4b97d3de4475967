-- Registers limits, and tells which are registered.
--   KEYS  the limits, by until when they are worth knowing
--   ARGV  for each limit: its place, how long it is worth knowing

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
for i = 1, #ARGV, 2 do
  local ttl = tonumber(ARGV[i + 1])
  redis.call('ZADD', KEYS[1], now + ttl, ARGV[i])
  if redis.call('PTTL', KEYS[1]) < ttl then
    redis.call('PEXPIRE', KEYS[1], ARGV[i + 1])
  end
end
return redis.call('ZREVRANGE', KEYS[1], 0, 999)
