-- Ends a claim, and tells those that wait for it. Not if it has become another's; but if Redis has lost it, others may still
-- wait.
--   KEYS  the claim
--   ARGV  token, channel, notice

local holder, waited = readClaim(KEYS[1])
if holder and holder ~= ARGV[1] then
  return told(0)
end
redis.call('DEL', KEYS[1])
if waited or not holder then
  redis.call('PUBLISH', ARGV[2], ARGV[3])
end
return told(0)
