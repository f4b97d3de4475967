-- What all scripts have in common; it is put before each of them.
--
-- Whoever can write to Redis can write anything. What none of our processes writes is ignored, dropped where it lies, and told with
-- the reply, which is the script's own, then how much was ignored and what was last, if there was any.

local DAY = 86400000
-- The longest time that services say, and that windows, closings and claims of a probe are believed to last.
local LONGEST_WINDOW, LONGEST_CLOSING = 31 * DAY, 31 * DAY
local LONGEST_LEASE = DAY
local MOST_PROCESSES = 100000
-- By so much the clock of a replica that became the master may be behind.
local SKEW = 3600000

local ignored, last = 0, ''

local function ignore(what, value)
  ignored = ignored + 1
  last = what .. ' is ' .. string.sub(tostring(value), 1, 60)
end

-- Ignores a hash's field, and drops it.
local function drop(key, field, value)
  ignore(key .. ' ' .. string.sub(field, 1, 60), value)
  redis.call('HDEL', key, field)
end

local function told(reply)
  if ignored == 0 then
    return {reply}
  end
  return {reply, ignored, last}
end

local function millis()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Lua writes large numbers as 1.7e+12.
local function whole(number)
  return string.format('%.0f', number)
end

-- Lets a key live for so long at least.
local function live(key, ttl)
  if redis.call('PTTL', key) < ttl then
    redis.call('PEXPIRE', key, whole(ttl))
  end
end

-- Reads a whole number below 10^15: no time and no amount is larger, and Lua counts so far exactly.
local function plausible(text)
  if text and #text <= 15 and string.find(text, '^%d+$') then
    return tonumber(text)
  end
  return nil
end

-- Does something with a key. One of another type is dropped before.
local function typed(command, key, ...)
  local reply = redis.pcall(command, key, ...)
  if type(reply) == 'table' and reply.err then
    if string.find(reply.err, 'WRONGTYPE', 1, true) then
      ignore(key, 'of another type')
      redis.call('DEL', key)
    end
    return redis.call(command, key, ...)
  end
  return reply
end
