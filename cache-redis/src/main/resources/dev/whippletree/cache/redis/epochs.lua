-- What trades do with an organization's state; it is put before them, after limits.lua.
--
-- That is a hash:
--   e, b  its epoch, and when that began
--   r     until when processes enter again what was lost with the epoch before
--   t     "time ahead": its own time at the last trade, and how far that is ahead of Redis's clock

local REBUILDING_MILLIS = 2500

-- Reads a moment; one that is later than it can be is now the latest that it can be.
local function readMoment(key, name, value, most)
  local moment = plausible(value or '0')
  if moment and moment <= most then
    return moment
  end
  if not moment or moment > most + SKEW then
    ignore(key .. ' ' .. name, value)
  end
  redis.call('HSET', key, name, whole(most))
  return most
end

-- Returns the organization's time: Redis's, which goes on from where it was if Redis's clock is set back. Else what was
-- used would stay used for as much longer.
local function readTime(key, value)
  local now = millis()
  local last, ahead = string.match(value or '0 0', '^(%d+) (%d+)$')
  local time = math.max(plausible(last) or 0, now + (plausible(ahead) or 0))
  if not last or time > now + LONGEST_WINDOW then
    ignore(key .. ' t', value)
    time = now
  end
  redis.call('HSET', key, 't', whole(time) .. ' ' .. whole(time - now))
  return time
end

local function readEpoch(key, epoch)
  if not epoch or #epoch == 16 and string.find(epoch, '^%x+$') then
    return epoch
  end
  ignore(key .. ' e', epoch)
  return nil
end

-- Tells all to be careful for so long after a moment, until everybody has entered what was lost.
local function beCareful(state, moment)
  state.careful = moment + REBUILDING_MILLIS
  redis.call('HSET', state.key, 'r', whole(state.careful))
end

-- Begins an epoch where there is none. Who knew another one, or meets one that is young, tells all to be careful until
-- everybody has entered what was lost.
local function enterEpoch(key, known, fresh)
  local v = typed('HMGET', key, 'e', 'b', 'r', 't')
  local now = readTime(key, v[4])
  local state = {
    key = key,
    now = now,
    epoch = readEpoch(key, v[1]),
    began = readMoment(key, 'b', v[2], now),
    careful = readMoment(key, 'r', v[3], now + REBUILDING_MILLIS),
  }
  if not state.epoch then
    state.epoch, state.began = fresh, now
    redis.call('HSET', key, 'e', fresh, 'b', whole(now))
  end
  if known ~= '' and known ~= state.epoch and now < state.began + REBUILDING_MILLIS then
    beCareful(state, state.began)
  end
  state.changed = known ~= '' and known ~= state.epoch
  state.carefulMillis = math.max(0, state.careful - now)
  return state
end

-- The state outlives every limit: a process that hasn't traded for long may have used some.
local function keepState(state, limits)
  local ttl = SPARE_MILLIS
  for _, limit in ipairs(limits) do
    ttl = math.max(ttl, limit.ttl + SPARE_MILLIS)
  end
  live(state.key, ttl)
end

local function reply(verdict, state, values)
  local all = {verdict, state.epoch, state.carefulMillis}
  for _, value in ipairs(values) do
    all[#all + 1] = value
  end
  return all
end
