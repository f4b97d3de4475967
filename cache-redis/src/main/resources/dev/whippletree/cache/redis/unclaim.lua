-- Ends a claim, and tells those that wait for it. Not if it has become another's; but if Redis has lost it, others may still
-- wait.
--   KEYS  the claim
--   ARGV  token, channel, notice

local holder, waited = readClaim(KEYS[1])
if holder and holder ~= ARGV[1] then
  return told(0)
end
-- A Redis that is full lets a script add only what comes after such a command.
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[1], ENDED, 'PX', TRACED)
if waited or not holder then
  redis.call('PUBLISH', ARGV[2], ARGV[3])
end
return told(0)
