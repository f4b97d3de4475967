-- Trades: counts what a process has used of an organization's limits, puts its blocks, and grants what it asks for.
--   KEYS  the organization's state, then each limit
--   ARGV  known epoch or '', epoch to begin if there is none, process, turn, number of the uses, lease, whose turns it asks for;
--         for each limit: amount, window, and of the block: what it holds, how much of that is free, how much more is wanted,
--         what has ended here within the window, and the number of the last uses that were counted, or 0 if that may be forgotten;
--         then the number of uses, and for each: which limit (from 0), how long ago, amount;
--         then the number of attempts, and for each what it takes of each limit
-- A block is what the process says, so a trade may be sent again; uses are counted once a number, and a turn that has been
-- overtaken does nothing. An attempt is granted of all limits or of none. What is wanted beside is granted as far as a tenth of
-- the limit is left, and a 20th of it free, at all processes.
-- A process that is refused is promised what its first attempt needs, and told to come when that will have come back, behind what
-- others are promised: so those that wait come one after the other. Nothing is kept for it.
-- As of when two waited for a limit, whoever has had more than its share of the window, and a 20th, is held back: it leaves the
-- last 50th to the others, and goes on only as far as all together don't exceed the limit's rate by more than a tenth. So what comes
-- back in one moment isn't used by whoever asks most at that moment. The limit's field p has from when on the next that is held back
-- may be granted, in hundredths of a millisecond, until when that is so, how much of what is reserved is used in the end, in
-- thousandths, and when the next that is held back is told to come, in hundredths of a millisecond.
-- A process's share is that of the turns that it asks for, by their weights; each is divided by the processes that ask for it.
-- Replies verdict, epoch, how long to be careful; of each limit, how much more is free, what is left, what all blocks hold,
-- what others wait for, for how long some are held back; of each attempt, which limit refuses it or -1, and its wait; of each turn
-- that is asked for, by how many processes. Where the epoch has changed, or uses that were counted are missing, as after a failover
-- or from an old dump, nothing is done, and of each limit the reply has the number of the uses that were counted last. Nor does a
-- turn that comes late do anything.

local EASE, SPARE = 10, 20
local PACE, SHARE, RESERVE, BURST = 1.1, 1.05, 50, 100
-- Of limits of longer windows, the next permit would be minutes away.
local LONGEST_PACED = 600000
-- Whoever waits for calls that will use less than they reserved looks again so soon.
local AGAIN = 250

local known, fresh, process = ARGV[1], ARGV[2], ARGV[3]
local turn, number, lease, askers = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
local state = enterEpoch(KEYS[1], known, fresh)
local now = state.now

local position = 7
local function argument()
  position = position + 1
  return tonumber(ARGV[position])
end

local limits, counted, late, lost = {}, {}, false, state.changed
for i = 2, #KEYS do
  local amount = argument()
  local window = argument()
  local held = argument()
  local free = argument()
  local limit = open(KEYS[i], window, now)
  limit.amount, limit.wanted, limit.own, limit.used = amount, argument(), argument(), 0
  -- What an RTT or a pause keeps from starting isn't lost: the pace makes up for a 100th of a window.
  limit.burst = limit.window / BURST
  limit.pace = {from = now - limit.burst, till = 0, kept = 1, next = 0}
  limit.step = limit.window / (PACE * math.max(1, amount))
  limit.before = blockOf(limit, process)
  limit.block = {amount = held, free = free, expiry = now + lease, turn = turn, number = number, askers = askers}
  limit.block.promised, limit.block.due = limit.before.promised, limit.before.due
  late = late or limit.before.turn >= turn
  if limit.before.number < argument() then
    lost = true
    if state.careful <= now then
      beCareful(state, now)
    end
  end
  counted[#counted + 1] = limit.before.number
  limits[#limits + 1] = limit
end

local function put(limit)
  putBlock(limit, process, limit.before, limit.block)
  limit.before = {amount = limit.block.amount, free = limit.block.free, promised = limit.block.promised, askers = askers}
end

local function finish(verdict, values)
  for _, limit in ipairs(limits) do
    keep(limit, lease)
  end
  keepState(state, limits)
  return told(reply(verdict, state, values))
end

if late then
  return finish('late', {})
elseif lost then
  return finish('changed', counted)
end
for _ = 1, argument() do
  local limit = limits[argument() + 1]
  local date = now - argument()
  local amount = argument()
  if limit.before.number < number then
    add(limit, date, amount)
    limit.used = limit.used + amount
  end
end

local function isPaced(limit)
  return limit.pace.till > now
end

local function shareOf(limit)
  if not limit.share then
    local weights = 0
    for turns, weight in each(askers) do
      weights = weights + weight / math.max(1, readTurns(limit, turns).blocks)
    end
    limit.share = weights > 0 and weights / math.max(weights, limit.weights) or 1 / limit.blocks
  end
  return limit.share
end

local function isHeldBack(limit, use)
  return isPaced(limit) and limit.own + limit.block.amount + use > math.ceil(SHARE * limit.amount * shareOf(limit))
end

local function reserve(limit, use)
  return isHeldBack(limit, use) and math.floor(limit.amount / RESERVE) or 0
end

local function readPace(limit)
  local value = redis.call('HGET', limit.key, 'p')
  if not value then
    return
  end
  local from, till, kept, next = string.match(value, '^(%d+) (%d+) (%d+) (%d+)$')
  from, till, kept, next = plausible(from), plausible(till), plausible(kept), plausible(next)
  local sound = from and till and kept and next and math.max(from, next) / 100 <= now + 2 * limit.window + SKEW and kept <= 1000
  if not sound or till > now + 2 * LONGEST_PACED + SKEW then
    drop(limit.key, 'p', value)
  elseif till > now then
    limit.pace = {from = math.max(from / 100, now - limit.burst), till = till, kept = kept / 1000, next = next / 100}
  end
end

-- Learns how much of what is reserved is used in the end: so much of it counts for the pace, and the rest is expected to come back.
local function learn(limit)
  local given = math.max(0, limit.before.amount - limit.block.amount - limit.used)
  local settled = given + limit.used
  if settled > 0 then
    limit.pace.kept = limit.pace.kept + (limit.used / settled - limit.pace.kept) * settled / (settled + limit.amount / EASE)
  end
end

for _, limit in ipairs(limits) do
  readPace(limit)
  learn(limit)
  put(limit)
end
if state.carefulMillis > 0 then
  return finish('careful', {})
end

-- When enough of what is dated has left. What is in blocks has no date yet: the earliest is now. Sums that the dates or the amount
-- belie may be somebody else's, and are believed only until they are counted anew.
local function waitFor(limit, missing)
  local wait, founded = limit.window, limit.sum + limit.held <= limit.amount and missing <= limit.amount
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

local function fits(limit, use)
  if use > left(limit, limit.amount) then
    checkSums(limit)
  end
  local inPace = not isHeldBack(limit, use) or limit.pace.from <= now
  return use == 0 or inPace and use <= left(limit, limit.amount) - reserve(limit, use)
end

local function take(limit, use)
  if use == 0 then
    return
  end
  limit.block.promised = 0
  limit.pace.from = limit.pace.from + limit.pace.kept * use * limit.step
  limit.block.amount = limit.block.amount + use
  put(limit)
end

local function waitBehindOthers(limit, use)
  local room, kept, wait = left(limit, limit.amount) - reserve(limit, use), limit.pace.kept, 1
  local ahead = math.ceil(kept * (limit.promised - limit.before.promised))
  local missing = math.ceil(use - room + ahead - (1 - kept) * limit.held)
  if missing > 0 then
    wait = waitFor(limit, missing)
  elseif use > room then
    wait = AGAIN
  end
  if isHeldBack(limit, use) then
    -- Each at a moment of its own: of two that come at the same one, whoever is nearer would get it each time.
    local first = math.max(now + wait, limit.pace.from) + ahead * limit.step
    local due = math.min(math.max(first, limit.pace.next), now + limit.window)
    limit.pace.next = due + kept * use * limit.step
    wait = math.ceil(due - now)
  end
  return math.min(wait, limit.window)
end

-- Those after the first are told the same wait.
local function refuse(limit, use)
  if limit.told then
    return limit.told
  end
  limit.told = waitBehindOthers(limit, use)
  if limit.promised > limit.before.promised and use > left(limit, limit.amount) and limit.window <= LONGEST_PACED then
    limit.pace.till = now + 2 * limit.window
  end
  limit.block.promised, limit.block.due = use, now + limit.told
  put(limit)
  return limit.told
end

local function keepPace(limit)
  if isPaced(limit) then
    redis.call('HSET', limit.key, 'p', table.concat({whole(limit.pace.from * 100), whole(limit.pace.till),
      whole(limit.pace.kept * 1000), whole(limit.pace.next * 100)}, ' '))
  end
end

local attempts, refused, asking = {}, false, argument()
for _ = 1, asking do
  local uses, refuser, longest = {}, -1, 0
  for i, limit in ipairs(limits) do
    uses[i] = argument()
    if not fits(limit, uses[i]) then
      local wait = refuse(limit, uses[i])
      if wait > longest then
        refuser, longest = i - 1, wait
      end
    end
  end
  if refuser < 0 then
    for i, limit in ipairs(limits) do
      take(limit, uses[i])
    end
  end
  refused = refused or refuser >= 0
  attempts[#attempts + 1] = refuser
  attempts[#attempts + 1] = longest
end

-- An attempt takes of all limits, so the one of which there is least decides about all.
local part = refused and 0 or 1
for _, limit in ipairs(limits) do
  if limit.wanted > 0 and part > 0 then
    local room = left(limit, limit.amount) - math.ceil(limit.amount / EASE)
    local waited = limit.promised > 0 or isPaced(limit)
    local spare = waited and 0 or math.floor(limit.amount / SPARE) - limit.free
    part = math.min(part, math.max(0, math.min(room, spare) / limit.wanted))
  end
end
local values = {}
for _, limit in ipairs(limits) do
  local more = math.floor(limit.wanted * part)
  if more > 0 then
    limit.block.amount, limit.block.free = limit.block.amount + more, limit.block.free + more
    put(limit)
  end
  values[#values + 1] = more
  values[#values + 1] = left(limit, limit.amount)
  values[#values + 1] = limit.held
  values[#values + 1] = limit.promised - limit.block.promised
  values[#values + 1] = math.ceil(math.max(0, limit.pace.till - now))
  keepPace(limit)
end
for _, value in ipairs(attempts) do
  values[#values + 1] = value
end
for turns in each(askers) do
  local processes = 1
  for _, limit in ipairs(limits) do
    processes = math.max(processes, readTurns(limit, turns).blocks)
  end
  values[#values + 1] = processes
end
return finish('done', values)
