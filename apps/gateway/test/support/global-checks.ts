import type { RawResponse } from '@countersign/testkit'
import { expect } from 'vitest'
import type { AuditLine, Stage } from './stage.ts'

/** What one case did, as far as the checks that hold after every case need to know. */
export interface CaseOutcome {
  readonly responses: readonly RawResponse[]
  /** Most requests that upstreams may have seen: how many of them were authorised, replays included. */
  readonly authorised: number
  /** Requests that were parsed and are on record, though nobody got their answer. */
  readonly unanswered?: number
  /** The tokens that a rule lets out: the callers may see these. */
  readonly released?: readonly string[]
}

/** Checks one case; made before it. */
export type CaseCheck = (outcome: CaseOutcome) => Promise<void>

/** Targets of upstream requests that the policy allows `svc-a` and `svc-b`. */
export const insidePolicy: RegExp =
  /^\/(?:public\/[^/?]+|orders|reports|things\/[^/?]+|cold\/\d+|api\/v2\/users\/[^/?]+|repos\/[^/?]+\/[^/?]+\/contents\/[^/?]+|x|v1\/[^/?]+|\.well-known\/[^/?]+|list\/|live\/[^/?]+|symbols\/[^/?]+)(?:\?.*)?$/

let probes = 0

/**
 * Begins a case. The function that comes back makes one more, good, request and then checks what must hold
 * whatever happened before: no secret crossed, nothing unauthorised went upstream, the same process still
 * answers, its errors are problem details, and every request is on record exactly once.
 */
export async function beginCase(stage: Stage): Promise<CaseCheck> {
  stage.first.forget()
  stage.second.forget()
  stage.caller.forget()
  const recorded = stage.audit().length
  const unparsed = lastUnparsed.get(stage) ?? unparsedOf(await stage.metrics())

  return async function check({ responses, authorised, unanswered = 0, released = [] }) {
    const seen = stage.first.requests.length + stage.second.requests.length
    expect(seen, 'upstream requests').toBeLessThanOrEqual(authorised)
    const targets = [...stage.first.requests, ...stage.second.requests].map(({ target }) => target)
    expect(
      targets.filter((target) => !insidePolicy.test(target)),
      'targets outside the policy',
    ).toEqual([])
    expect([...stage.first.violations, ...stage.second.violations], 'framing upstream').toEqual([])
    for (const response of responses) checkAnswer(response, seen)

    const probe = await sendProbe(stage)
    const lines = stage.audit().slice(recorded)
    const metrics = await stage.metrics()
    lastUnparsed.set(stage, unparsedOf(metrics))
    const answeredUnparsed = unparsedOf(metrics) - unparsed
    checkRecord(lines, { responses, probe, answeredUnparsed, unanswered })
    checkSecrets(
      stage,
      [stage.gateway.stdout(), stage.gateway.stderr(), metrics, JSON.stringify(lines)].join('\n'),
      released,
    )
  }
}

/** (v) What the gateway answers itself is a problem; everything else is an upstream's. */
function checkAnswer(response: RawResponse, upstreamRequests: number): void {
  const own = response.header('proxy-status')?.startsWith('countersign')
  if (!own) {
    expect(upstreamRequests, `answer ${response.status} is neither ours nor an upstream's`).toBeGreaterThan(0)
    expect(response.header('via')).toContain('countersign')
    return
  }
  const isOauth = response.header('content-type') === 'application/json'
  if (!isOauth) expect(response.header('content-type')).toBe('application/problem+json')
  if (response.status >= 400 && response.body.length > 0) {
    const problem = JSON.parse(response.text)
    const form = isOauth ? { error: expect.any(String) } : { status: response.status }
    expect(problem).toMatchObject({ ...form, code: expect.any(String) })
    expect(problem.request_id).toBe(response.header('x-request-id'))
  }
  if (response.status === 401) expect(response.header('www-authenticate')).toMatch(/^Bearer /)
}

/** (iv) The same process answers a good request. */
async function sendProbe(stage: Stage): Promise<string> {
  probes += 1
  const id = `probe-${String(probes).padStart(6, '0')}`
  const answered = await stage.caller.send(
    `GET /u2/public/probe HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer $K\r\nX-Request-ID: ${id}\r\n\r\n`,
  )
  expect(answered.responses[0]?.status, 'a good request after the case').toBe(200)
  // Signal 0 reaches only a process that lives; a restarted one would have another id.
  expect(process.kill(stage.gateway.pid, 0)).toBe(true)
  return id
}

interface RecordedCase {
  readonly responses: readonly RawResponse[]
  readonly probe: string
  readonly answeredUnparsed: number
  readonly unanswered: number
}

/** (vi) Each answer belongs to exactly one `close` line, or was counted as never having become a request. */
function checkRecord(lines: readonly AuditLine[], recorded: RecordedCase): void {
  const closed = lines.filter(({ kind }) => kind === 'close').map(({ request_id }) => request_id)
  const others = closed.filter((id) => id !== recorded.probe)
  const answered = recorded.responses.map((response) => response.header('x-request-id'))
  const onRecord = answered.filter((id) => id !== undefined && others.includes(id))
  const expected = onRecord.length + recorded.unanswered
  expect(others.length, `close lines, of ${others.slice(0, 5).join(', ')}`).toBe(expected)
  expect(answered.length - onRecord.length, 'answers without a line').toBeLessThanOrEqual(
    recorded.answeredUnparsed,
  )
}

/** (i) and (ii) No credential of a caller upstream; no secret of ours in anything a caller or operator sees. */
function checkSecrets(
  { caller, first, second, tokens, secrets }: Stage,
  operatorsSee: string,
  released: readonly string[],
): void {
  const upstream = everySpelling(Buffer.concat([first.bytes(), second.bytes()]).toString('latin1'))
  const toOperators = everySpelling(operatorsSee)
  for (const credential of caller.credentials) {
    // The end of the signature is what makes it a credential; it is found in whatever it was put.
    const signature = credential.slice(-40)
    expect(upstream.includes(signature), 'a caller’s credential went upstream').toBe(false)
    expect(toOperators.includes(signature), 'a caller’s credential is in a log').toBe(false)
  }
  const received = caller.received().toString('latin1')
  for (const secret of [...tokens.issued, ...secrets]) {
    if (secret.length < 8) continue
    expect(operatorsSee.includes(secret), 'a secret of the gateway is in a log').toBe(false)
    if (released.includes(secret)) continue
    expect(received.includes(secret), 'a secret of the gateway shows').toBe(false)
  }
}

/** The text, and what is left of it without percent-encoding. */
function everySpelling(text: string): string {
  const decoded = text.replaceAll(/%([0-9a-f]{2})/gi, (_escape, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return `${text}\n${decoded}`
}

const lastUnparsed = new WeakMap<Stage, number>()

/** How many came in that never became a request, by the metrics. */
export function unparsedOf(metrics: string): number {
  const values = [...metrics.matchAll(/^countersign_unparsed_requests_total\{[^}]*\} (\d+)$/gm)]
  return values.reduce((sum, [, value]) => sum + Number(value), 0)
}
