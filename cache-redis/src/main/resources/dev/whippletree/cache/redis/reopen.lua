-- Tells all that a scope is open, and keeps that in the place of its closing for as long as that would have held, for those that
-- can't hear it just now.
--   KEYS  the closings, the scope's probe
--   ARGV  scope, channel, notice

local stored = redis.call('HGET', KEYS[1], ARGV[1])
if stored then
  redis.call('HSET', KEYS[1], ARGV[1], 'o' .. string.match(stored, '^o?(%d+)') .. ' ' .. ARGV[3])
end
redis.call('DEL', KEYS[2])
redis.call('PUBLISH', ARGV[2], ARGV[3])
return 0
