"""The scripts that Redis runs, each in one step, and what its keys hold.

``P:store`` (hash) has the identity, ``id`` (of this store, drawn when it was made), ``last``, ``server``,
``checkpoint`` and ``snapshots`` (how many were kept). ``P:offsets`` (hash) has each tenant, with how many of
its entries were trimmed. ``P:log:TENANT`` (list) has what is left of its entries: number, server, content.
``P:index`` (sorted set) has the position and tenant of each entry by its number. ``P:snapshots`` and
``P:positions`` (hashes) have the snapshots, and their positions; ``P:kept`` (sorted set) has their tenants by
what ``last`` was then. ``P:staged:ID`` is a checkpoint that somebody writes, piece by piece.
"""

from __future__ import annotations

from hashlib import sha1
from typing import Final

from mock_lusha.store.engine import MOST_BYTES, MOST_ENTRIES
from mock_lusha.values import frozen


@frozen
class Script:
    """A script, with the digest that Redis knows it by once it has run it."""

    text: str
    digest: str


def _script(body: str) -> Script:
    text = _BEGINNING + body
    return Script(text, sha1(text.encode(), usedforsecurity=False).hexdigest())


# Keys that scripts name besides those of KEYS begin with the prefix too; a cluster is refused.
_BEGINNING: Final = """
local P = KEYS[1]
local store = P .. ':store'
local counters = redis.call('HMGET', store, 'id', 'last', 'server', 'checkpoint')
if counters[1] ~= ARGV[1] then return redis.error_reply('LOST') end
local last, server, checkpoint = tonumber(counters[2]), tonumber(counters[3]), tonumber(counters[4])
local function member(position, tenant) return struct.pack('>I8', position) .. tenant end
local function count(tenant)
  return redis.call('LLEN', P .. ':log:' .. tenant) + (redis.call('HGET', P .. ':offsets', tenant) or 0)
end
local function late()
  local now = redis.call('TIME')
  return tonumber(now[1]) * 1000000 + tonumber(now[2]) > tonumber(ARGV[2])
end
local function push(tenant, position, content)
  last = redis.call('HINCRBY', store, 'last', 1)
  redis.call('RPUSH', P .. ':log:' .. tenant, struct.pack('>I8I8', last, server) .. content)
  redis.call('ZADD', P .. ':index', last, member(position, tenant))
  if position == 1 then redis.call('HSETNX', P .. ':offsets', tenant, 0) end
end
local function trim(tenant, most)
  local log = P .. ':log:' .. tenant
  local offset = tonumber(redis.call('HGET', P .. ':offsets', tenant) or 0)
  local entries = math.min(most - offset, redis.call('LLEN', log))
  if entries <= 0 then return end
  for position = offset + 1, offset + entries do
    redis.call('ZREM', P .. ':index', member(position, tenant))
  end
  redis.call('LTRIM', log, entries, -1)
  redis.call('HSET', P .. ':offsets', tenant, offset + entries)
end
"""

APPEND: Final = _script("""
if late() then return redis.error_reply('LATE') end
local tenant = ARGV[3]
local position = count(tenant)
if position ~= tonumber(ARGV[4]) or server ~= tonumber(ARGV[5]) then return {0, position, server} end
push(tenant, position + 1, ARGV[6])
return {last, position + 1, server}
""")

APPEND_SERVER: Final = _script("""
if late() then return redis.error_reply('LATE') end
if last ~= tonumber(ARGV[3]) then return {0, server, server} end
if ARGV[5] == '1' then
  redis.call('HSET', store, 'checkpoint', 0)
  for _, tenant in ipairs(redis.call('HKEYS', P .. ':offsets')) do
    redis.call('UNLINK', P .. ':log:' .. tenant)
  end
  redis.call('UNLINK', P .. ':offsets', P .. ':index')
  redis.call('UNLINK', P .. ':snapshots', P .. ':positions', P .. ':kept')
  redis.call('HSET', P .. ':offsets', '', server)
end
push('', server + 1, ARGV[4])
server = redis.call('HINCRBY', store, 'server', 1)
return {last, server, server}
""")

READ: Final = _script(f"""
local first = math.max(tonumber(ARGV[3]) - (redis.call('HGET', P .. ':offsets', ARGV[2]) or 0), 0)
local entries, size = {{}}, 0
local offset = count(ARGV[2]) - redis.call('LLEN', P .. ':log:' .. ARGV[2])
for at = first, first + {MOST_ENTRIES} - 1 do
  local content = redis.call('LINDEX', P .. ':log:' .. ARGV[2], at)
  if not content then break end
  entries[#entries + 1] = member(offset + at + 1, ARGV[2])
  entries[#entries + 1] = content
  size = size + #content
  if size >= {MOST_BYTES} then break end
end
return entries
""")

READ_ALL: Final = _script(f"""
local entries, size = {{}}, 0
local members = redis.call('ZRANGEBYSCORE', P .. ':index', '(' .. ARGV[2], '+inf', 'LIMIT', 0, {MOST_ENTRIES})
for _, name in ipairs(members) do
  local position, tenant = struct.unpack('>I8', name), string.sub(name, 9)
  local offset = redis.call('HGET', P .. ':offsets', tenant) or 0
  local content = redis.call('LINDEX', P .. ':log:' .. tenant, position - offset - 1)
  entries[#entries + 1] = name
  entries[#entries + 1] = content
  size = size + #content
  if size >= {MOST_BYTES} then break end
end
return entries
""")

SNAPSHOT: Final = _script("""
return redis.call('HGET', P .. ':snapshots', ARGV[2])
""")

SNAPSHOTS: Final = _script("""
local places = {}
for _, tenant in ipairs(redis.call('ZRANGEBYSCORE', P .. ':kept', '(' .. ARGV[2], '+inf')) do
  places[#places + 1] = tenant
  places[#places + 1] = redis.call('HGET', P .. ':positions', tenant)
end
return places
""")

PUT_SNAPSHOT: Final = _script("""
local tenant, position = ARGV[2], tonumber(ARGV[3])
if tonumber(ARGV[4]) ~= server or checkpoint ~= server then return 0 end
if position <= tonumber(redis.call('HGET', P .. ':positions', tenant) or -1) then return 0 end
redis.call('HSET', P .. ':snapshots', tenant, struct.pack('>I8I8', position, server) .. ARGV[5])
redis.call('HSET', P .. ':positions', tenant, position)
redis.call('ZADD', P .. ':kept', last, tenant)
redis.call('HINCRBY', store, 'snapshots', 1)
trim(tenant, position)
return 1
""")

STAGE: Final = _script("""
local staged = P .. ':staged:' .. ARGV[2]
redis.call('HSET', staged, ARGV[4], struct.pack('>I8I8', ARGV[5], ARGV[6]) .. ARGV[7])
redis.call('EXPIRE', staged, ARGV[3])
return 1
""")

PUT_CHECKPOINT: Final = _script("""
local staged = P .. ':staged:' .. ARGV[2]
local tenants = redis.call('HKEYS', staged)
if tonumber(ARGV[3]) ~= server or checkpoint >= server or #tenants ~= tonumber(ARGV[4]) then
  redis.call('UNLINK', staged)
  return 0
end
redis.call('UNLINK', P .. ':snapshots', P .. ':positions', P .. ':kept')
redis.call('RENAME', staged, P .. ':snapshots')
redis.call('PERSIST', P .. ':snapshots')
for _, tenant in ipairs(tenants) do
  local position = struct.unpack('>I8', redis.call('HGET', P .. ':snapshots', tenant))
  redis.call('HSET', P .. ':positions', tenant, position)
  redis.call('ZADD', P .. ':kept', last, tenant)
  trim(tenant, position)
end
redis.call('HSET', store, 'checkpoint', server)
redis.call('HINCRBY', store, 'snapshots', #tenants)
return 1
""")

OPEN: Final = """
if redis.call('EXISTS', KEYS[1] .. ':store') == 0 then
  redis.call('HSET', KEYS[1] .. ':store', 'last', 0, 'server', 0, 'checkpoint', 0, 'snapshots', 0,
    unpack(ARGV))
end
return redis.call('HGETALL', KEYS[1] .. ':store')
"""
