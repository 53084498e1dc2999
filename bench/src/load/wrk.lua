-- Sends the requests of a file in turn, beginning behind the given number of them: records of "<body length>\n<header section>\0".
local requests, at = {}, 0

function init(args)
  local file = assert(io.open(args[1], "rb"))
  for length, head in file:read("*a"):gmatch("(%d+)\n([^%z]+)%z") do
    requests[#requests + 1] = head .. string.rep("x", tonumber(length))
  end
  file:close()
  at = tonumber(args[2])
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"failures":%d,"p50":%.3f,"p99":%.3f}\n',
    summary.requests, summary.duration / 1e6,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
