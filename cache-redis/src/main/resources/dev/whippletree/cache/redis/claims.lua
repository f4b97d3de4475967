-- What the scripts about claims have in common; it is put before each of them, after plausible.lua.
--
-- A claim is its holder's token, with a mark behind it once somebody waits for its end: only then is that published.
-- Its end leaves a trace for a while: who claims the key next may have looked for the answer before it was stored.

local MARK = '+'
-- No token. Claims.java counts on these milliseconds.
local ENDED, TRACED = 'ended', 2000

-- Returns who holds a claim, and whether somebody waits; nobody if nobody holds it, and whether one has ended lately.
local function readClaim(key)
  local value = typed('GET', key)
  if value == ENDED then
    return nil, false, true
  end
  if value and string.sub(value, -1) == MARK then
    return string.sub(value, 1, -2), true
  end
  return value, false
end
