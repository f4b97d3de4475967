-- Reads the closings that hold, and the reopenings in their place, and forgets what is over.
--   KEYS  the closings
-- Replies, one after the other, how long each still holds and its notice.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local all = redis.call('HGETALL', KEYS[1])
local holding = {}
for i = 1, #all, 2 do
  local stop, notice = string.match(all[i + 1], '^o?(%d+) (.*)$')
  local remaining = tonumber(stop) - now
  if remaining > 0 then
    holding[#holding + 1] = remaining
    holding[#holding + 1] = notice
  else
    redis.call('HDEL', KEYS[1], all[i])
  end
end
return holding
