-- Renews a claim, also one that Redis has lost. Not if it has become another's, or has just ended.
--   KEYS  the claim
--   ARGV  token, lease

local holder, waited, ended = readClaim(KEYS[1])
if not ended and (not holder or holder == ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[1] .. (waited and MARK or ''), 'PX', ARGV[2])
end
return told(0)
