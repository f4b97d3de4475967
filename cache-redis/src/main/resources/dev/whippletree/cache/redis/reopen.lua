-- Forgets the closing of a scope, and tells all.
--   KEYS  the closings, the scope's probe
--   ARGV  scope, channel, notice

redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('DEL', KEYS[2])
redis.call('PUBLISH', ARGV[2], ARGV[3])
return 0
