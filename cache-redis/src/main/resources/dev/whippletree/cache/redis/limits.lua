-- What trades do with one limit; it is put before them, after plausible.lua.
--
-- A limit is one hash, so that it is there as a whole or not at all:
--   <number>    what was used in that slot; slot n is [n, n + 1) times the width, in milliseconds of the organization's time
--   b<process>  a process's block, "amount expiry free number turn promised due askers": what it has in flight or may start, and how
--               much of that is free, as of its last trade; the numbers of the last uses that were counted, and of that trade; how much
--               it waits for, and when it was told to come; whose turns it asks for, "turns=weight,turns=weight". After its expiry,
--               it holds nothing, and says for a window, or an hour, which uses were counted
--   t<turns>    by how many blocks these turns are asked for, and their weight; v is the sum of these weights
--   s           the sum of the slots
--   h, f, q, m  the sums of what blocks hold, of their free parts, and of what is promised, and how many haven't expired
--   p           whether some are held back: trade.lua tells
--   o, y        bounds of the slots that hold something: none is older than o, none is newer than y; 0 if none does
--   n           no block expires before; 0 if there is none
--   w, k        the window, and until when it isn't made shorter
--   c           when the sums were last counted anew
-- A use leaves when the end of its slot is one window ago: never early, and late by a 1,024th of the window at most.

local SLOTS = 1024
local SPARE_MILLIS = 10000
local CHECKED_MILLIS = 10000
-- As long is known which uses of an expired block were counted, and a window at most; Block.java has it too.
local KNOWN_MILLIS = 3600000
-- Whoever hasn't come so long after it was to, isn't promised anything any more, and asks for nobody; both are counted anew so often.
local GRACE, PROMISED_MILLIS = 500, 1000
-- No use is dated further ahead than so many slots, and so nothing here takes longer.
local MOST_SLOTS = 65536
local MOST_ASKERS_BYTES = 8192
local HEAD = {'w', 'k', 's', 'o', 'y', 'h', 'n', 'c', 'f', 'q', 'm', 'v'}
local FIELDS = {p = true}
for _, name in ipairs(HEAD) do
  FIELDS[name] = true
end
local BLOCK = {'amount', 'expiry', 'free', 'number', 'turn', 'promised', 'due'}

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
    if plausible(redis.call('HGET', limit.key, whole(slot)) or '0') then
      redis.call('HINCRBY', limit.key, whole(slot), whole(amount))
    end
    ignore(limit.key .. ' ' .. whole(slot), stored.err)
    redis.call('HSET', limit.key, whole(slot), whole(amount))
  end
  limit.sum = limit.sum + amount
  limit.oldest = math.min(limit.oldest or slot, slot)
  limit.newest = math.max(limit.newest or slot, slot)
end

-- Reads a block; one that can't be read is dropped, and nothing is returned.
local function readBlock(limit, field, value)
  local values = {string.match(value, '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) ?([%x=,]*)$')}
  local block = {askers = values[#BLOCK + 1]}
  local sound = block.askers and #block.askers <= MOST_ASKERS_BYTES
  for i, name in ipairs(BLOCK) do
    block[name] = plausible(values[i])
    sound = sound and block[name]
  end
  if sound and block.due <= limit.now + limit.window + SKEW and block.free <= block.amount and block.expiry <= limit.now + LONGEST_LEASE + SKEW then
    if block.promised > 0 and block.due + GRACE <= limit.now then
      block.promised, block.askers = 0, ''
    end
    return block
  end
  drop(limit.key, field, value)
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
  drop(limit.key, field, value)
  return nil
end

local function each(askers)
  return string.gmatch(askers, '(%x+)=(%d+)')
end

-- Returns by how many blocks turns are asked for, and their weight.
local function readTurns(limit, turns)
  local known = limit.turns[turns]
  if known then
    return known
  end
  local value = redis.call('HGET', limit.key, 't' .. turns)
  local blocks, weight = string.match(value or '0 0', '^(%d+) (%d+)$')
  known = {blocks = plausible(blocks), weight = plausible(weight)}
  if not known.blocks or known.blocks > MOST_PROCESSES or not known.weight then
    ignore(limit.key .. ' t' .. turns, value)
    limit.broken = true
    known = {blocks = 0, weight = 0}
  end
  limit.turns[turns] = known
  return known
end

-- A block asks for turns, or doesn't any more. Processes may differ about a weight: the last to name it is right.
local function ask(limit, askers, more)
  for turns, weight in each(askers) do
    local known = readTurns(limit, turns)
    limit.weights = limit.weights - known.weight
    known.blocks = math.max(0, known.blocks + more)
    known.weight = known.blocks > 0 and (more > 0 and tonumber(weight) or known.weight) or 0
    limit.weights = limit.weights + known.weight
    if known.blocks > 0 then
      redis.call('HSET', limit.key, 't' .. turns, whole(known.blocks) .. ' ' .. whole(known.weight))
    else
      redis.call('HDEL', limit.key, 't' .. turns)
    end
  end
end

local function writeBlock(limit, field, block)
  redis.call('HSET', limit.key, field, table.concat({whole(block.amount), whole(block.expiry), whole(block.free),
    whole(block.number), whole(block.turn), whole(block.promised), whole(block.due), block.askers}, ' '))
end

-- What an expired block held is used from then on.
local function expire(limit, field, block)
  add(limit, block.expiry, block.amount)
  if block.expiry + math.min(limit.window, KNOWN_MILLIS) <= limit.now then
    redis.call('HDEL', limit.key, field)
  elseif block.amount > 0 or block.askers ~= '' or block.promised > 0 then
    block.amount, block.free, block.promised, block.due, block.askers = 0, 0, 0, 0, ''
    writeBlock(limit, field, block)
  end
end

-- Counts anew what the slots and the blocks come to. What is neither is dropped. Blocks whose process died count as used
-- from their expiry on.
local function count(limit)
  limit.sum, limit.held, limit.free, limit.promised, limit.blocks, limit.weights = 0, 0, 0, 0, 0, 0
  limit.oldest, limit.newest, limit.next, limit.turns = nil, nil, nil, {}
  limit.broken, limit.checked, limit.counted = false, limit.now, true
  local all = redis.call('HGETALL', limit.key)
  local askers, expired = {}, {}
  for i = 1, #all, 2 do
    local field, value = all[i], all[i + 1]
    local kind = string.sub(field, 1, 1)
    if kind == 't' then
      redis.call('HDEL', limit.key, field)
    elseif kind == 'b' then
      local block = readBlock(limit, field, value)
      if block and block.expiry <= limit.now then
        expired[#expired + 1] = {field, block}
      elseif block then
        limit.held = limit.held + block.amount
        limit.free = limit.free + block.free
        limit.promised = limit.promised + block.promised
        limit.blocks = limit.blocks + 1
        limit.next = math.min(limit.next or block.expiry, block.expiry)
        askers[#askers + 1] = block.askers
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
  for _, one in ipairs(expired) do
    expire(limit, one[1], one[2])
  end
  for _, names in ipairs(askers) do
    ask(limit, names, 1)
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
        redis.call('HDEL', limit.key, all[i])
      end
    end
  end
  limit.window = window
  limit.width = math.max(1, math.ceil(window / SLOTS))
  limit.sum, limit.oldest, limit.newest = 0, nil, nil
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

-- Reads the head, which is there as a whole or not at all. A field that is missing, or can't be, lets all be counted anew.
local function readHead(limit, window)
  local values, head = typed('HMGET', limit.key, unpack(HEAD)), {}
  local there = false
  for i = 1, #HEAD do
    there = there or values[i]
  end
  if not there then
    return head
  end
  local longest = math.max(window, LONGEST_WINDOW)
  local kept = math.min(longest, plausible(values[1]) or window)
  local most = {w = longest, k = limit.now + kept + SKEW, n = limit.now + LONGEST_LEASE + SKEW, c = limit.now + SKEW}
  for i, name in ipairs(HEAD) do
    local number = plausible(values[i])
    if number and number <= (most[name] or number) then
      head[name] = number
    else
      ignore(limit.key .. ' ' .. name, values[i])
      limit.broken = true
    end
  end
  return head
end

local function some(number)
  return number and number > 0 and number or nil
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
  local limit = {key = key, now = now, turns = {}}
  local head = readHead(limit, window)
  limit.window = math.max(1, head.w or window)
  limit.width = math.max(1, math.ceil(limit.window / SLOTS))
  limit.keep, limit.checked = head.k or 0, head.c or 0
  limit.oldest, limit.newest, limit.next = some(head.o), some(head.y), some(head.n)
  limit.sum, limit.held, limit.free = head.s or 0, head.h or 0, head.f or 0
  limit.promised, limit.blocks, limit.weights = head.q or 0, head.m or 0, head.v or 0
  if not limit.broken and not hasSoundSlots(limit) then
    ignore(key .. ' o..y', whole(head.o) .. '..' .. whole(head.y))
    limit.broken = true
  end
  if limit.broken then
    count(limit)
  end
  settleWindow(limit, window)
  forget(limit)
  local isExpired = limit.next and limit.now >= limit.next
  if limit.broken or isExpired or limit.promised > 0 and limit.now >= limit.checked + PROMISED_MILLIS then
    count(limit)
  end
  return limit
end

local function keep(limit, lease)
  redis.call('HSET', limit.key, 'w', whole(limit.window), 'k', whole(limit.keep), 's', whole(limit.sum),
    'o', whole(limit.oldest or 0), 'y', whole(limit.newest or 0), 'h', whole(limit.held), 'n', whole(limit.next or 0),
    'c', whole(limit.checked), 'f', whole(math.max(0, limit.free)), 'q', whole(math.max(0, limit.promised)),
    'm', whole(math.max(0, limit.blocks)), 'v', whole(math.max(0, limit.weights)))
  local ahead = limit.newest and math.max(0, (limit.newest + 1) * limit.width - limit.now) or 0
  limit.ttl = limit.window + math.max(ahead, lease) + SPARE_MILLIS
  live(limit.key, limit.ttl)
end

-- Reads the block that a process has; who has none has an empty one, and hasn't traded for long.
local function blockOf(limit, process)
  local field = 'b' .. process
  local value = redis.call('HGET', limit.key, field)
  local block = value and readBlock(limit, field, value)
  if limit.broken then
    count(limit)
  end
  block = block or {amount = 0, expiry = 0, free = 0, number = 0, turn = 0, promised = 0, due = 0, askers = ''}
  block.absent = block.expiry <= limit.now
  return block
end

-- Puts a block in the place of the one that a process had.
local function putBlock(limit, process, before, block)
  limit.held = limit.held - before.amount + block.amount
  limit.free = limit.free - before.free + block.free
  limit.promised = limit.promised - before.promised + block.promised
  limit.blocks = limit.blocks + (before.absent and 1 or 0)
  limit.next = math.min(limit.next or block.expiry, block.expiry)
  writeBlock(limit, 'b' .. process, block)
  if before.askers ~= block.askers then
    ask(limit, before.askers, -1)
    ask(limit, block.askers, 1)
    if limit.broken then
      count(limit)
    end
  end
end

local function left(limit, amount)
  return amount - limit.sum - limit.held
end
