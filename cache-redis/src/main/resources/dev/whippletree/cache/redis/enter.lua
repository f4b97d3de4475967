-- Enters what a process has used and Redis doesn't know; with nothing to enter, it only looks.
--   KEYS  the organization's state, then the limits
--   ARGV  known epoch or '', epoch to begin if there is none, Redis time after which this is too late or 0, process, lease;
--         for each limit: amount, window; then the number of grants, and for each: id, how long its lease still lasts, number of
--         uses, and for each use: which limit (from 0), amount; then the number of dated uses, and for each: which limit, how
--         long ago, amount
-- Grants that are known are left as they are; dated uses are taken once a process and epoch. So this may be sent again.
-- Replies as reserve does; a change of epoch enters nothing.

local now = millis()
local known, fresh, notAfter, process, lease = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
if notAfter > 0 and now > notAfter then
  return told(reply('late', nil, now, 0, 0, {}))
end
local state = enterEpoch(KEYS[1], known, fresh, now)
if state.changed then
  keepState(state, {})
  return told(reply('changed', state, now, 0, 0, {}))
end

local position = 5
local function argument()
  position = position + 1
  return ARGV[position]
end
local function number()
  return tonumber(argument())
end

local limits, amounts = {}, {}
for i = 2, #KEYS do
  amounts[i - 1] = number()
  limits[i - 1] = open(KEYS[i], number(), now)
end
for _ = 1, number() do
  local id, expiry = argument(), now + number()
  for _ = 1, number() do
    local limit = limits[number() + 1]
    hold(limit, id, number(), expiry)
  end
end
local dated = number()
if dated > 0 and redis.call('HSETNX', state.key, 'p' .. process, 1) == 1 then
  for _ = 1, dated do
    local limit, date = limits[number() + 1], now - number()
    add(limit, date, number())
  end
end
local lefts = {}
for i, limit in ipairs(limits) do
  keep(limit, lease)
  lefts[i] = left(limit, amounts[i])
end
keepState(state, limits)
return told(reply('done', state, now, 0, 0, lefts))
