-- Claims a key, unless it is claimed. A claim that never ends, or lasts longer than any, is none.
--   KEYS  the claim
--   ARGV  token, lease, Redis time after which this is too late or 0, how long another's may last
-- Replies 0 if it is this token's, or else for how long it is another's; -1 if this came too late.

local notAfter = tonumber(ARGV[3])
if notAfter > 0 and millis() > notAfter then
  return told(-1)
end
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return told(0)
end
local remaining = redis.call('PTTL', KEYS[1])
if remaining < 0 or remaining > tonumber(ARGV[4]) then
  ignore(KEYS[1], 'claimed for ' .. whole(remaining) .. ' ms')
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return told(0)
end
return told(math.max(1, remaining))
