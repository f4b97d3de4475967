-- Ends a claim, unless it has become another's, and tells those that wait for it.
--   KEYS  the claim
--   ARGV  token, channel, notice

if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
  redis.call('PUBLISH', ARGV[2], ARGV[3])
end
return 0
