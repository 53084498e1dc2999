import type { Calendar, Dependency } from './calendar.ts'
import type { Outcome } from './calls.ts'
import type { Planned } from './traffic.ts'

/** When a call was made. */
export interface Span {
  readonly from: number
  readonly to: number
}

const statuses = {
  answered: 200,
  'policy.refused': 403,
  'identity.refused': 401,
  'route.unknown': 404,
  'route.method': 405,
} as const

/** What each kind of trouble may do to a call that is allowed. */
const excuses: readonly (readonly [kind: 'api' | 'token', codes: RegExp])[] = [
  ['api', /^upstream\./],
  ['token', /^(?:mint\.|upstream\.overloaded$)/],
]

/**
 * Says what is wrong with an outcome; nothing when it is what it must be. A refusal has no excuse but a record
 * that cannot be written; a call that is allowed may fail, in its own upstream's name, while that is in trouble.
 */
export function judge(
  planned: Planned,
  outcome: Outcome,
  span: Span,
  calendar: Calendar,
): string | undefined {
  const isIn = (dependency: Dependency) => calendar.touches(dependency, span.from, span.to)
  const wrong = (what: string) =>
    `${planned.id} ${planned.subject} ${planned.method} ${planned.target}: ${what}`

  if (outcome.kind === 'hung-up') return undefined
  if (outcome.kind === 'broken') {
    const isExcused = isIn('gateway') || isIn('audit') || isIn(`api ${planned.upstream}`)
    return isExcused ? undefined : wrong(`broken off: ${outcome.why}`)
  }
  const { status, isOwn, body, requestId } = outcome
  if (requestId !== planned.id) return wrong(`answered under the id ${requestId}`)
  const code = isOwn ? String(body.code) : 'answered'
  if (code === 'audit.unavailable' && status === 503 && isIn('audit')) return undefined
  if (planned.expected !== 'answered') {
    const isRight = code === planned.expected && status === statuses[planned.expected]
    return isRight ? undefined : wrong(`${status} ${code} in place of ${planned.expected}`)
  }
  if (!isOwn) return judgeUpstreams(planned, outcome, isIn(`api ${planned.upstream}`), wrong)
  if (isRefusedToken(planned, code)) return undefined
  if (status < 500) return wrong(`${status} ${code} to a call that is allowed`)
  const isExcused = excuses.some(
    ([kind, codes]) => codes.test(code) && (isIn(`${kind} ${planned.upstream}`) || isIn('machine')),
  )
  return isExcused ? undefined : wrong(`${status} ${code} while its upstream was well`)
}

function judgeUpstreams(
  { upstream, marker }: Planned,
  { status, body }: Extract<Outcome, { kind: 'answer' }>,
  isInTrouble: boolean,
  wrong: (what: string) => string,
): string | undefined {
  // What a fault proxy says in the upstream's place is passed on like everything the upstream says.
  if (isInTrouble && status === 500 && body.text === 'fault') return undefined
  if (status !== 200) return wrong(`the upstream's ${status}`)
  if (body.upstream !== upstream || body.marker !== marker) {
    return wrong(`the answer of ${String(body.upstream)} to ${String(body.marker)}`)
  }
  return undefined
}

/** The upstream refuses a token now and then; what may not be repeated ends there. */
function isRefusedToken({ method }: Planned, code: string): boolean {
  return code === 'mint.rejected-by-upstream' && method !== 'GET'
}
