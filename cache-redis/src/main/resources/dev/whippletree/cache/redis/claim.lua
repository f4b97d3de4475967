-- Claims a key, unless it is claimed. A claim that never ends, or lasts longer than any, is none.
--   KEYS  the claim
--   ARGV  token, lease or 0 to look only, how long another's may last
-- Replies 0 if it is this token's or nobody's, -1 if so and a claim may have ended lately, or else for how long it is
-- another's.

local holder, waited, ended = readClaim(KEYS[1])
if holder == ARGV[1] then
  holder = nil
end
local remaining = holder and redis.call('PTTL', KEYS[1]) or 0
if holder and (remaining < 0 or remaining > tonumber(ARGV[3])) then
  ignore(KEYS[1], 'claimed for ' .. whole(remaining) .. ' ms')
  holder, ended = nil, true
end
if not holder then
  if tonumber(ARGV[2]) > 0 then
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  end
  return told(ended and -1 or 0)
end
remaining = math.max(1, remaining)
if not waited then
  redis.call('SET', KEYS[1], holder .. MARK, 'PX', whole(remaining))
end
return told(remaining)
