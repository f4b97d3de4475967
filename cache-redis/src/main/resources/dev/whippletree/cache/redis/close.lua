-- Keeps the closing of a scope for as long as it holds, the one that ends later if there are two, and tells all. Whoever
-- looked whether the scope was open has looked. What is kept is "end notice"; of a scope that was reopened, "oend notice".
--   KEYS  the closings, the scope's probe
--   ARGV  scope, remaining time, channel, notice

local now = millis()
local remaining = tonumber(ARGV[2])
local stored = typed('HGET', KEYS[1], ARGV[1])
local stop = stored and plausible(string.match(stored, '^%d+'))
if not stop or stop <= now + remaining or stop > now + LONGEST_CLOSING + SKEW then
  redis.call('HSET', KEYS[1], ARGV[1], whole(now + remaining) .. ' ' .. ARGV[4])
end
live(KEYS[1], remaining)
redis.call('DEL', KEYS[2])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return told(0)
