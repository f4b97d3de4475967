-- What the scripts about limits have in common; it is put before each of them, after plausible.lua.
--
-- A limit is one hash, so that it is there as a whole or not at all:
--   <number>    what was used in that slot; slot n is [n, n + 1) times the width, in milliseconds of Redis's clock
--   g<id>       a grant in flight: "amount expiry"
--   s, h        the sums of the slots and of what is in flight
--   o, y        bounds of the slots that hold something: none is older than o, none is newer than y
--   n           no grant in flight expires before
--   w, k        the window, and until when it isn't made shorter
--   c           when the sums were last counted anew
-- A use leaves when the end of its slot is one window ago: never early, and late by a 1,024th of the window at most.

local SLOTS = 1024
local SPARE_MILLIS = 10000
local CHECKED_MILLIS = 10000
-- No use is dated further ahead than so many slots, and so nothing here takes longer.
local MOST_SLOTS = 65536
local FIELDS = {s = true, h = true, o = true, y = true, n = true, w = true, k = true, c = true}
local OPTIONAL = {o = true, y = true, n = true}

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
      if amount and not plausible(amount) then
        ignore(limit.key .. ' ' .. fields[index], amount)
        limit.broken = true
      end
      if amount and visit(from + index - 1, plausible(amount) or 0) then
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
  local stored = redis.pcall('HINCRBY', limit.key, whole(slot), whole(amount))
  if type(stored) == 'table' and stored.err then
    ignore(limit.key .. ' ' .. whole(slot), stored.err)
    redis.call('HSET', limit.key, whole(slot), whole(amount))
  end
  limit.sum = limit.sum + amount
  limit.oldest = math.min(limit.oldest or slot, slot)
  limit.newest = math.max(limit.newest or slot, slot)
end

-- Reads a grant in flight; one that can't be read is dropped, and nothing is returned.
local function readGrant(limit, field, value)
  local amount, expiry = string.match(value, '^(%d+) (%d+)$')
  amount, expiry = plausible(amount), plausible(expiry)
  if amount and expiry and expiry <= limit.now + LONGEST_LEASE + SKEW then
    return amount, expiry
  end
  ignore(limit.key .. ' ' .. string.sub(field, 1, 60), value)
  redis.call('HDEL', limit.key, field)
  limit.broken = true
  return nil
end

local function firstSlot(limit)
  return math.floor((limit.now - limit.window) / limit.width)
end

-- Reads a slot; what is none of a limit of this window is dropped, and nothing is returned.
local function readSlot(limit, field, value)
  local slot, amount = plausible(field), plausible(value)
  if slot and amount and whole(slot) == field and slot <= firstSlot(limit) + MOST_SLOTS then
    return slot, amount
  end
  ignore(limit.key .. ' ' .. string.sub(field, 1, 60), value)
  redis.call('HDEL', limit.key, field)
  return nil
end

-- Counts anew what the slots and the grants come to. What is neither is dropped.
local function count(limit)
  limit.sum, limit.held, limit.oldest, limit.newest, limit.next = 0, 0, nil, nil, nil
  limit.broken, limit.checked, limit.counted = false, limit.now, true
  local all = redis.call('HGETALL', limit.key)
  for i = 1, #all, 2 do
    local field, value = all[i], all[i + 1]
    if string.sub(field, 1, 1) == 'g' then
      local amount, expiry = readGrant(limit, field, value)
      if amount then
        limit.held = limit.held + amount
        limit.next = math.min(limit.next or expiry, expiry)
      end
    elseif not FIELDS[field] then
      local slot, amount = readSlot(limit, field, value)
      if slot and slot < firstSlot(limit) then
        redis.call('HDEL', limit.key, field)
      elseif slot then
        limit.sum = limit.sum + amount
        limit.oldest = math.min(limit.oldest or slot, slot)
        limit.newest = math.max(limit.newest or slot, slot)
      end
    end
  end
  limit.broken = false
end

-- Sums that say that there is no room are counted anew from time to time, since somebody else may have written them.
local function checkSums(limit)
  if limit.checked <= limit.now and limit.now < limit.checked + CHECKED_MILLIS then
    return
  end
  local sum, held = limit.sum, limit.held
  count(limit)
  if limit.sum ~= sum or limit.held ~= held then
    ignore(limit.key .. ' s+h', whole(sum) .. '+' .. whole(held))
  end
end

-- The slots get another width: each amount goes to the slot of its latest possible date.
local function reslot(limit, window)
  local before = limit.width
  local all = redis.call('HGETALL', limit.key)
  local moved = {}
  for i = 1, #all, 2 do
    if plausible(all[i]) then
      local slot, amount = readSlot(limit, all[i], all[i + 1])
      if slot then
        moved[#moved + 1] = {slot, amount}
      end
    end
  end
  limit.window = window
  limit.width = math.max(1, math.ceil(window / SLOTS))
  if before == limit.width then
    return
  end
  limit.sum, limit.oldest, limit.newest = 0, nil, nil
  for _, use in ipairs(moved) do
    redis.call('HDEL', limit.key, whole(use[1]))
  end
  for _, use in ipairs(moved) do
    add(limit, (use[1] + 1) * before - 1, use[2])
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
  local first = firstSlot(limit)
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
      local amount, expiry = readGrant(limit, all[i], all[i + 1])
      if amount and expiry <= limit.now then
        redis.call('HDEL', limit.key, all[i])
        limit.held = limit.held - amount
        add(limit, expiry, amount)
      elseif amount then
        limit.next = math.min(limit.next or expiry, expiry)
      end
    end
  end
end

-- Reads a field; absent and implausible ones are nil.
local function readField(limit, name, value, most)
  if not value and not limit.there or value == '' and OPTIONAL[name] then
    return nil
  end
  local number = plausible(value)
  if number and number <= most then
    return number
  end
  ignore(limit.key .. ' ' .. name, value)
  limit.broken = true
  return nil
end

local function isThere(values)
  for index = 1, 7 do
    if values[index] then
      return true
    end
  end
  return false
end

local function hasSoundSlots(limit)
  local oldest, newest = limit.oldest, limit.newest
  if not oldest or not newest then
    return oldest == newest
  end
  return oldest <= newest and newest - oldest <= MOST_SLOTS and newest <= firstSlot(limit) + MOST_SLOTS
end

-- Reads a limit and brings it up to date; it has to be kept after that.
local function open(key, window, now)
  local v = typed('HMGET', key, 'w', 'k', 's', 'o', 'y', 'h', 'n', 'c')
  local limit = {key = key, now = now, there = isThere(v)}
  local function field(index, name, most)
    return readField(limit, name, v[index], most)
  end
  limit.window = math.max(1, field(1, 'w', math.max(window, LONGEST_WINDOW)) or window)
  limit.width = math.max(1, math.ceil(limit.window / SLOTS))
  limit.keep = field(2, 'k', now + limit.window + SKEW) or 0
  limit.sum = field(3, 's', math.huge) or 0
  limit.oldest, limit.newest = field(4, 'o', math.huge), field(5, 'y', math.huge)
  limit.held = field(6, 'h', math.huge) or 0
  limit.next = field(7, 'n', now + LONGEST_LEASE + SKEW)
  limit.checked = v[8] and field(8, 'c', now + SKEW) or 0
  if not limit.broken and not hasSoundSlots(limit) then
    ignore(key .. ' o..y', tostring(v[4]) .. '..' .. tostring(v[5]))
    limit.broken = true
  end
  if limit.broken then
    count(limit)
  end
  settleWindow(limit, window)
  forget(limit)
  sweep(limit)
  if limit.broken then
    count(limit)
  end
  return limit
end

local function text(number)
  return number and whole(number) or ''
end

local function keep(limit, lease)
  redis.call('HSET', limit.key, 'w', whole(limit.window), 'k', whole(limit.keep), 's', whole(limit.sum),
    'o', text(limit.oldest), 'y', text(limit.newest), 'h', whole(limit.held), 'n', text(limit.next),
    'c', whole(limit.checked))
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
