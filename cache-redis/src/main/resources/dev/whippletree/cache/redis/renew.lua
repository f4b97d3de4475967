-- Renews a claim, also one that Redis has lost.
--   KEYS  the claim
--   ARGV  token, lease
-- Replies 1, or 0 if it has become another's.

local holder, waited = readClaim(KEYS[1])
if holder and holder ~= ARGV[1] then
  return told(0)
end
redis.call('SET', KEYS[1], ARGV[1] .. (waited and MARK or ''), 'PX', ARGV[2])
return told(1)
