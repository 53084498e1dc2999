import type { Traffic, TrafficRequest } from '../load/traffic.ts'
import { files } from '../machine/upstream.ts'
import type { Stage } from '../stage.ts'

/** Makes the traffic of a scenario; signing tokens takes a while. */
export type TrafficSource = (stage: Stage) => Promise<Traffic>

type Shape = Omit<TrafficRequest, 'token'>

const smallGet: Shape = { method: 'GET', path: '/api/v1/users/u-1', bodyBytes: 0 }
const denied: Shape = { ...smallGet, path: '/api/v1/secrets/s-1' }
const connections = 64

/** One caller, one small request. */
export const oneSmallGet: TrafficSource = ofOneCaller([smallGet])
/** The same with 200 bytes of body. */
export const oneSmallPost: TrafficSource = ofOneCaller([
  { method: 'POST', path: '/api/v1/users', bodyBytes: 200 },
])
/** One request in twenty is refused by policy. */
export const someDenied: TrafficSource = ofOneCaller(
  [denied, ...Array.from({ length: 19 }, () => smallGet)],
  {
    refusedShare: 1 / 20,
  },
)

/** One file, downloaded over and over. */
export function download(name: keyof typeof files, atOnce: number): TrafficSource {
  return ofOneCaller([{ method: 'GET', path: `/api/files/${name}`, bodyBytes: 0 }], { connections: atOnce })
}

/** A body of that file's length, uploaded over and over. */
export function upload(name: keyof typeof files, atOnce: number): TrafficSource {
  const shape: Shape = { method: 'POST', path: '/api/v1/uploads', bodyBytes: files[name] }
  return ofOneCaller([shape], { connections: atOnce })
}

/** Each of these callers in turn, each with the next of so many operations. */
export function manyCallers(callers: number, operations: number): TrafficSource {
  return async function traffic(stage) {
    const tokens = await stage.tokensOf(names(callers))
    const requests = tokens.map((token, at) => ({
      ...smallGet,
      path: `/api/v1/kind-${at % operations}/id-${at % 97}`,
      token,
    }))
    return { requests, next: 0, refusedShare: 0, connections }
  }
}

/**
 * No token is ever one that the gateway remembers: there are more of them than it keeps, and they come in turn.
 * All of them are of one caller; what tells them apart is their `jti`.
 */
export async function freshTokens(stage: Stage): Promise<Traffic> {
  const exp = Math.floor(Date.now() / 1000) + 12 * 3600
  const ids = names(moreThanRemembered)
  const tokens = await Promise.all(ids.map((jti) => stage.issuer.sign({ sub: 'caller-0', exp, jti })))
  return { requests: tokens.map((token) => ({ ...smallGet, token })), next: 0, refusedShare: 0, connections }
}

/** The gateway remembers two generations of 10,000. */
const moreThanRemembered = 30_000

function ofOneCaller(
  shapes: readonly Shape[],
  special: Partial<Pick<Traffic, 'connections' | 'refusedShare'>> = {},
): TrafficSource {
  return async function traffic(stage) {
    const [token = ''] = await stage.tokensOf(names(1))
    const requests = shapes.map((shape) => ({ ...shape, token }))
    return { requests, next: 0, refusedShare: 0, connections, ...special }
  }
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `caller-${at}`)
}
