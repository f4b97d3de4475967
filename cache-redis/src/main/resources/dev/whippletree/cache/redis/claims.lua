-- What the scripts about claims have in common; it is put before each of them, after plausible.lua.
--
-- A claim is its holder's token, with a mark behind it once somebody waits for its end: only then is that published.

local MARK = '+'

-- Returns who holds a claim, and whether somebody waits; nothing if nobody holds it.
local function readClaim(key)
  local value = typed('GET', key)
  if value and string.sub(value, -1) == MARK then
    return string.sub(value, 1, -2), true
  end
  return value, false
end
