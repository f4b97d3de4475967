-- Tells all that a scope is open, and keeps that in the place of its closing for as long as that would have held, for those that
-- can't hear it just now.
--   KEYS  the closings, the scope's probe
--   ARGV  scope, channel, notice

local stored = typed('HGET', KEYS[1], ARGV[1])
local stop = stored and plausible(string.match(stored, '^o?(%d+) '))
if stop then
  redis.call('HSET', KEYS[1], ARGV[1], 'o' .. whole(stop) .. ' ' .. ARGV[3])
elseif stored then
  drop(KEYS[1], ARGV[1], stored)
end
redis.call('DEL', KEYS[2])
redis.call('PUBLISH', ARGV[2], ARGV[3])
return told(0)
