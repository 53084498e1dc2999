import type { Random } from './random.ts'
import { type UpstreamName, upstreamNames } from './world.ts'

/** Who calls: services of the policy, one it does not know, and one whose signature is not good. */
export type Subject = 'reader' | 'writer' | 'owner' | 'stranger' | 'forger'

/** A request and what must come of it while nothing is broken. */
export interface Planned {
  readonly id: string
  readonly subject: Subject
  readonly upstream: UpstreamName
  readonly method: 'GET' | 'POST' | 'DELETE' | 'PUT'
  readonly target: string
  readonly body: string | undefined
  /** What the upstream says back. */
  readonly marker: string
  /** 200, or the code of the refusal. */
  readonly expected: 'answered' | 'policy.refused' | 'identity.refused' | 'route.unknown' | 'route.method'
  /** The caller hangs up after so many milliseconds. */
  readonly hangUpMs: number | undefined
}

const subjects: readonly Subject[] = ['reader', 'reader', 'writer', 'owner', 'owner', 'stranger', 'forger']
const methods = ['GET', 'GET', 'GET', 'GET', 'POST', 'POST', 'DELETE', 'PUT'] as const

/** What each service may do, by upstream and method; for `writer` at `a` only with a good body. */
const allowed: ReadonlySet<string> = new Set([
  'reader a GET',
  'reader b GET',
  'reader b POST',
  'writer a POST',
  'writer c GET',
  'owner c GET',
  'owner c POST',
  'owner c DELETE',
])

/** The request of this number. */
export function planRequest(random: Random, run: string, number: number): Planned {
  const id = `${run}-${String(number).padStart(8, '0')}`
  const marker = `m-${id}`
  const [subject, upstream, method] = random.next() < 0.6 ? pickAllowed(random) : pickAny(random)
  const isGood = random.next() < 0.8
  const isKnown = random.next() < 0.97
  const path = isKnown ? 'items' : 'nothings'
  const query = random.next() < 0.1 ? `?bytes=${random.below(200_000)}${random.pick(['', '&chunked'])}` : ''
  const target = method === 'POST' ? `/${upstream}/${path}` : `/${upstream}/${path}/${marker}${query}`
  const body = method === 'POST' ? JSON.stringify({ kind: isGood ? 'good' : 'bad', marker }) : undefined
  const hangUpMs = random.next() < 0.01 ? random.below(20) : undefined
  const expected = expectedOf({ subject, upstream, method, isGood, isKnown })
  return { id, subject, upstream, method, target, body, marker, expected, hangUpMs }
}

type Asked = readonly [Subject, UpstreamName, Planned['method']]

function pickAllowed(random: Random): Asked {
  return random.pick([...allowed]).split(' ') as unknown as Asked
}

function pickAny(random: Random): Asked {
  return [random.pick(subjects), random.pick(upstreamNames), random.pick(methods)]
}

function expectedOf(asked: {
  subject: Subject
  upstream: UpstreamName
  method: Planned['method']
  isGood: boolean
  isKnown: boolean
}): Planned['expected'] {
  const { subject, upstream, method, isGood, isKnown } = asked
  if (subject === 'forger') return 'identity.refused'
  if (subject === 'stranger') return 'policy.refused'
  if (!isKnown) return 'route.unknown'
  if (method === 'PUT') return 'route.method'
  if (subject === 'writer' && upstream === 'a' && !isGood) return 'policy.refused'
  return allowed.has(`${subject} ${upstream} ${method}`) ? 'answered' : 'policy.refused'
}
