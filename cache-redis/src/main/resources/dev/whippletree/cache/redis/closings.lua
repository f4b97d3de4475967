-- Reads the closings that hold, and the reopenings in their place, and forgets what is over.
--   KEYS  the closings
-- Replies, one after the other, how long each still holds and its notice.

local MOST_CLOSINGS = 10000
local MOST_BYTES = 16384

local now = millis()
local all = typed('HGETALL', KEYS[1])
local holding = {}
for i = 1, #all, 2 do
  local stop, notice = string.match(all[i + 1], '^o?(%d+) (.*)$')
  stop = plausible(stop)
  if not stop or stop > now + LONGEST_CLOSING + SKEW or #notice > MOST_BYTES or #holding >= 2 * MOST_CLOSINGS then
    drop(KEYS[1], all[i], all[i + 1])
  elseif stop > now then
    holding[#holding + 1] = stop - now
    holding[#holding + 1] = notice
  else
    redis.call('HDEL', KEYS[1], all[i])
  end
end
return told(holding)
