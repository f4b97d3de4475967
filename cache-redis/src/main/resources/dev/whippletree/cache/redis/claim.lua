-- Claims a key, unless it is claimed.
--   KEYS  the claim
--   ARGV  token, lease, Redis time after which this is too late or 0
-- Replies 0 if it is this token's, or else for how long it is another's; -1 if this came too late.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local notAfter = tonumber(ARGV[3])
if notAfter > 0 and now > notAfter then
  return -1
end
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return 0
end
return math.max(1, redis.call('PTTL', KEYS[1]))
