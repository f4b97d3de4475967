-- Ends a grant: what was reserved becomes what was used, at its date. One that isn't in flight is left alone, so this may be
-- sent again.
--   KEYS  the limits
--   ARGV  grant, how long ago it was counted, lease; then for each limit: window, use, or -1 for what was reserved
-- Replies with Redis's time.

local now = millis()
local id, date, lease = ARGV[1], now - tonumber(ARGV[2]), tonumber(ARGV[3])
for i, key in ipairs(KEYS) do
  local field = 'g' .. id
  local grant = typed('HGET', key, field)
  if grant then
    local limit = open(key, tonumber(ARGV[2 + i * 2]), now)
    -- An expired one has just been dated.
    if redis.call('HDEL', key, field) == 1 then
      local reserved = readGrant(limit, field, grant) or 0
      local use = tonumber(ARGV[3 + i * 2])
      limit.held = limit.held - reserved
      add(limit, date, use < 0 and reserved or use)
    end
    keep(limit, lease)
  end
end
return told(now)
