-- Reserves of several limits of one organization: all of it or nothing.
--   KEYS  the organization's state, then the limits
--   ARGV  known epoch or '', epoch to begin if there is none, Redis time after which this is too late or 0, grant, lease;
--         then for each limit: amount, window, use
-- Replies verdict, time, epoch, how long to be careful, which limit refuses (from 0), wait, and what each limit has left.

local now = millis()
local known, fresh, notAfter, id, lease = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
if notAfter > 0 and now > notAfter then
  return told(reply('late', nil, now, 0, 0, {}))
end
local state = enterEpoch(KEYS[1], known, fresh, now)
if state.changed or state.carefulMillis > 0 then
  keepState(state, {})
  return told(reply(state.changed and 'changed' or 'careful', state, now, 0, 0, {}))
end

-- When enough of what is dated has left. What is in flight has no date yet: the earliest is now. Sums that the dates or the
-- amount belie may be somebody else's, and are believed only until they are counted anew.
local function waitFor(limit, missing)
  local wait, founded = limit.window, limit.sum + limit.held <= limit.amount
  if limit.oldest and limit.sum >= missing then
    founded = false
    walk(limit, limit.oldest, limit.newest, function(slot, amount)
      missing = missing - amount
      if missing <= 0 then
        wait = (slot + 1) * limit.width + limit.window - now
        founded = true
        return true
      end
    end)
  end
  if not founded and not limit.counted then
    wait = math.min(wait, limit.checked + CHECKED_MILLIS - now)
  end
  return math.max(1, math.min(wait, limit.window))
end

local limits, lefts = {}, {}
local refuser, longest = -1, 0
for i = 2, #KEYS do
  local at = 6 + (i - 2) * 3
  local amount, window, use = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local limit = open(KEYS[i], window, now)
  limit.use, limit.amount = use, amount
  limits[#limits + 1] = limit
  if use > left(limit, amount) then
    checkSums(limit)
  end
  if use > 0 and use > left(limit, amount) then
    local wait = waitFor(limit, use - left(limit, amount))
    if wait > longest then
      refuser, longest = i - 2, wait
    end
  end
end
for _, limit in ipairs(limits) do
  if refuser < 0 then
    hold(limit, id, limit.use, now + lease)
  end
  keep(limit, lease)
  lefts[#lefts + 1] = left(limit, limit.amount)
end
keepState(state, limits)
return told(reply(refuser < 0 and 'done' or 'refused', state, now, math.max(0, refuser), longest, lefts))
