-- What the scripts about limits have in common; it is put before each of them.
--
-- A limit is one hash, so that it is there as a whole or not at all:
--   <number>    what was used in that slot; slot n is [n, n + 1) times the width, in milliseconds of Redis's clock
--   g<id>       a grant in flight: "amount expiry"
--   s, h        the sums of the slots and of what is in flight
--   o, y        bounds of the slots that hold something: none is older than o, none is newer than y
--   n           no grant in flight expires before
--   w, k        the window, and until when it isn't made shorter
-- A use leaves when the end of its slot is one window ago: never early, and late by a 1,024th of the window at most.
--
-- An organization's state is a hash:
--   e, b        its epoch, and when that began
--   r           until when processes enter again what was lost with the epoch before
--   p<process>  there once that process has entered its dated uses in this epoch

local SLOTS = 1024
local REBUILDING_MILLIS = 2500
local SPARE_MILLIS = 10000

local function millis()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Lua writes large numbers as 1.7e+12.
local function whole(number)
  return string.format('%.0f', number)
end

local function live(key, ttl)
  if redis.call('PTTL', key) < ttl then
    redis.call('PEXPIRE', key, whole(ttl))
  end
end

-- Visits the slots that hold something, from the oldest on, until the visitor returns true.
local function walk(limit, from, to, visit)
  while from <= to do
    local last = math.min(to, from + 127)
    local fields = {}
    for slot = from, last do
      fields[#fields + 1] = whole(slot)
    end
    for index, amount in ipairs(redis.call('HMGET', limit.key, unpack(fields))) do
      if amount and visit(from + index - 1, tonumber(amount)) then
        return
      end
    end
    from = last + 1
  end
end

local function add(limit, date, amount)
  local slot = math.floor(date / limit.width)
  if amount <= 0 or (slot + 1) * limit.width <= limit.now - limit.window then
    return
  end
  redis.call('HINCRBY', limit.key, whole(slot), whole(amount))
  limit.sum = limit.sum + amount
  limit.oldest = math.min(limit.oldest or slot, slot)
  limit.newest = math.max(limit.newest or slot, slot)
end

-- The slots get another width: each amount goes to the slot of its latest possible date.
local function reslot(limit, window)
  local before = limit.width
  local all = redis.call('HGETALL', limit.key)
  limit.window = window
  limit.width = math.max(1, math.ceil(window / SLOTS))
  if before == limit.width then
    return
  end
  limit.sum, limit.oldest, limit.newest = 0, nil, nil
  local moved = {}
  for i = 1, #all, 2 do
    local slot = tonumber(all[i])
    if slot then
      redis.call('HDEL', limit.key, all[i])
      moved[#moved + 1] = {(slot + 1) * before - 1, tonumber(all[i + 1])}
    end
  end
  for _, use in ipairs(moved) do
    add(limit, use[1], use[2])
  end
end

-- Processes may differ about the window: the longest counts for as long as somebody may still go by it.
local function settleWindow(limit, window)
  if window >= limit.window then
    limit.keep = limit.now + window
  end
  if window > limit.window or window < limit.window and limit.now >= limit.keep then
    reslot(limit, window)
  end
end

local function forget(limit)
  local first = math.floor((limit.now - limit.window) / limit.width)
  if not limit.oldest or limit.oldest >= first then
    return
  end
  walk(limit, limit.oldest, math.min(first - 1, limit.newest), function(slot, amount)
    redis.call('HDEL', limit.key, whole(slot))
    limit.sum = limit.sum - amount
  end)
  limit.oldest = first
  if first > limit.newest then
    limit.sum, limit.oldest, limit.newest = 0, nil, nil
  end
end

-- Grants whose process died count as used from their expiry on.
local function sweep(limit)
  if not limit.next or limit.now < limit.next then
    return
  end
  limit.next = nil
  local all = redis.call('HGETALL', limit.key)
  for i = 1, #all, 2 do
    if string.sub(all[i], 1, 1) == 'g' then
      local amount, expiry = string.match(all[i + 1], '(%d+) (%d+)')
      amount, expiry = tonumber(amount), tonumber(expiry)
      if expiry <= limit.now then
        redis.call('HDEL', limit.key, all[i])
        limit.held = limit.held - amount
        add(limit, expiry, amount)
      else
        limit.next = math.min(limit.next or expiry, expiry)
      end
    end
  end
end

-- Reads a limit and brings it up to date; it has to be kept after that.
local function open(key, window, now)
  local v = redis.call('HMGET', key, 'w', 'k', 's', 'o', 'y', 'h', 'n')
  local limit = {
    key = key,
    now = now,
    window = tonumber(v[1] or window),
    keep = tonumber(v[2] or 0),
    sum = tonumber(v[3] or 0),
    oldest = tonumber(v[4] or ''),
    newest = tonumber(v[5] or ''),
    held = tonumber(v[6] or 0),
    next = tonumber(v[7] or ''),
  }
  limit.width = math.max(1, math.ceil(limit.window / SLOTS))
  settleWindow(limit, window)
  forget(limit)
  sweep(limit)
  return limit
end

local function text(number)
  return number and whole(number) or ''
end

local function keep(limit, lease)
  redis.call('HSET', limit.key, 'w', whole(limit.window), 'k', whole(limit.keep), 's', whole(limit.sum),
    'o', text(limit.oldest), 'y', text(limit.newest), 'h', whole(limit.held), 'n', text(limit.next))
  local ahead = limit.newest and math.max(0, (limit.newest + 1) * limit.width - limit.now) or 0
  limit.ttl = limit.window + math.max(ahead, lease) + SPARE_MILLIS
  live(limit.key, limit.ttl)
end

-- Puts a grant in flight; the same one twice does nothing.
local function hold(limit, id, amount, expiry)
  if redis.call('HSETNX', limit.key, 'g' .. id, whole(amount) .. ' ' .. whole(expiry)) == 1 then
    limit.held = limit.held + amount
    limit.next = math.min(limit.next or expiry, expiry)
  end
end

local function left(limit, amount)
  return amount - limit.sum - limit.held
end

-- Begins an epoch where there is none. Who knew another one, or meets one that is young, tells all to be careful until
-- everybody has entered what was lost.
local function enterEpoch(key, known, fresh, now)
  local v = redis.call('HMGET', key, 'e', 'b', 'r')
  local state = {key = key, epoch = v[1], began = tonumber(v[2] or 0), careful = tonumber(v[3] or 0)}
  if not state.epoch then
    state.epoch, state.began = fresh, now
    redis.call('HSET', key, 'e', fresh, 'b', whole(now))
  end
  if known ~= '' and known ~= state.epoch and now < state.began + REBUILDING_MILLIS then
    state.careful = state.began + REBUILDING_MILLIS
    redis.call('HSET', key, 'r', whole(state.careful))
  end
  state.changed = known ~= '' and known ~= state.epoch
  state.carefulMillis = math.max(0, state.careful - now)
  return state
end

-- The state must outlive every limit, or what limits still hold would be entered a second time.
local function keepState(state, limits)
  local ttl = SPARE_MILLIS
  for _, limit in ipairs(limits) do
    ttl = math.max(ttl, limit.ttl + SPARE_MILLIS)
  end
  live(state.key, ttl)
end

local function reply(verdict, state, now, index, wait, lefts)
  local all = {verdict, now, state and state.epoch or '', state and state.carefulMillis or 0, index, wait}
  for _, value in ipairs(lefts) do
    all[#all + 1] = value
  end
  return all
end
