-- Registers limits, and tells which are registered.
--   KEYS  the limits, by until when they are worth knowing
--   ARGV  for each limit: its place, how long it is worth knowing

local LONGEST = LONGEST_WINDOW + LONGEST_LEASE

local now = millis()
typed('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local far = redis.call('ZREMRANGEBYSCORE', KEYS[1], now + LONGEST + SKEW, '+inf')
if far > 0 then
  ignore(KEYS[1], 'of ' .. far .. ' that are kept for too long')
end
for i = 1, #ARGV, 2 do
  local ttl = math.min(tonumber(ARGV[i + 1]), LONGEST)
  redis.call('ZADD', KEYS[1], now + ttl, ARGV[i])
  live(KEYS[1], ttl)
end
local places = {}
for _, place in ipairs(redis.call('ZREVRANGE', KEYS[1], 0, 999)) do
  if #place == 73 and string.find(place, '^{%x+}:limit:%x+$') then
    places[#places + 1] = place
  else
    ignore(KEYS[1] .. ' of', place)
    redis.call('ZREM', KEYS[1], place)
  end
end
return told(places)
