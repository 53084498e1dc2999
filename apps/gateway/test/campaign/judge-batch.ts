import { readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import type { RawResponse } from '@countersign/testkit'
import { percentDecoded } from '../../src/edge/percent-decoded.ts'
import { insidePolicy, unparsedOf } from '../support/global-checks.ts'
import { type AuditLine, auditLines, type Stage } from '../support/stage.ts'
import { caseOfRequestId } from './generate-case.ts'
import type { Outcome } from './lane.ts'

/** What the checks of a batch work with. */
export interface Judged {
  readonly stage: Stage
  readonly outcomes: readonly Outcome[]
  /** Parts of callers' credentials. */
  readonly credentials: readonly string[]
  /** Metrics before and after. */
  readonly before: string
  readonly after: string
}

/**
 * The checks (i) to (vi) that must hold whatever was sent, over a whole batch of cases at once. Afterwards the
 * recordings and the record are empty again.
 *
 * @returns what does not hold, in words
 */
export function judgeBatch(judged: Judged): string[] {
  const { stage, outcomes } = judged
  const file = join(stage.folder, 'audit.jsonl')
  const text = readFileSync(file, 'latin1')
  const lines = auditLines(text)
  truncateSync(file)
  const wrong = [
    ...outcomes.flatMap((outcome) => outcome.wrong),
    ...outcomes.flatMap(({ responses }) => responses.flatMap(wrongAnswers)),
    ...wrongUpstream(judged, lines),
    ...wrongRecord(judged, lines),
    ...wrongSecrets(judged, text),
  ]
  stage.first.forget()
  stage.second.forget()
  return wrong
}

/** (v) What the gateway answers itself is a problem, or at the token endpoint an error of OAuth. */
function wrongAnswers(response: RawResponse): string[] {
  const { status } = response
  if (!response.header('proxy-status')?.startsWith('countersign')) {
    return response.header('via')?.includes('countersign') ? [] : [`an answer ${status} that is nobody's`]
  }
  const wrong = response.body.length > 0 ? wrongBody(response) : []
  if (status === 401 && !/^(?:Bearer|Basic) /.test(response.header('www-authenticate') ?? ''))
    wrong.push('a 401 without challenge')
  return wrong
}

function wrongBody(response: RawResponse): string[] {
  const { status } = response
  const said = JSON.parse(response.text) as Readonly<Record<string, unknown>>
  if (said.code === 'gateway.unexpected') return ['a defect of the gateway']
  if (typeof said.error === 'string' && response.header('cache-control') === 'no-store') return []
  const wrong: string[] = []
  if (response.header('content-type') !== 'application/problem+json')
    wrong.push(`${status} is no problem+json`)
  if (said.status !== status) wrong.push(`${status} says ${said.status}`)
  if (said.request_id !== response.header('x-request-id')) wrong.push(`${status} has two request ids`)
  return wrong
}

/** (iii) Everything upstream is inside the policy, framed in one way, of a caller who may, and on record as granted. */
function wrongUpstream({ stage, outcomes }: Judged, lines: readonly AuditLine[]): string[] {
  const hopeless = new Set(outcomes.filter(({ sent }) => sent.hopeless).map(({ sent }) => sent.at))
  const granted = new Map<unknown, AuditLine>()
  for (const line of lines) if (line.verdict === 'allow') granted.set(line.request_id, line)
  const wrong = [...stage.first.violations, ...stage.second.violations].map((why) => `upstream: ${why}`)
  for (const [recorder, service] of [
    [stage.first, 'svc-a'],
    [stage.second, 'svc-b'],
  ] as const) {
    for (const { target, method, headers } of recorder.requests) {
      const id = headers.find(([name]) => name.toLowerCase() === 'x-request-id')?.[1] ?? ''
      const line = granted.get(id)
      if (!insidePolicy.test(percentDecoded(target.split('?', 1)[0] ?? '').replaceAll('?', '-')))
        wrong.push(`outside the policy: ${method} ${target}`)
      if (line?.service !== service || line.method !== method)
        wrong.push(`not granted: ${method} ${target} (${id})`)
      if (hopeless.has(caseOfRequestId(id) ?? -1))
        wrong.push(`without a good credential: ${method} ${target}`)
    }
  }
  return wrong
}

/** (vi) One close line for each answer; more only where the caller was gone. */
function wrongRecord({ outcomes, before, after }: Judged, lines: readonly AuditLine[]): string[] {
  const closed = new Map<string, number>()
  for (const { kind, request_id } of lines) {
    if (kind === 'close') closed.set(request_id, (closed.get(request_id) ?? 0) + 1)
  }
  const wrong = [...closed]
    .filter(([, times]) => times > 1)
    .map(([id, times]) => `${id} is closed ${times} times`)
  let unrecorded = 0
  for (const { responses } of outcomes) {
    for (const response of responses)
      if (!closed.delete(response.header('x-request-id') ?? '')) unrecorded += 1
  }
  const unparsed = unparsedOf(after) - unparsedOf(before)
  if (unrecorded > unparsed)
    wrong.push(`${unrecorded} answers are not on record, ${unparsed} were no requests`)
  const mayBeGone = outcomes.reduce(
    (sum, { hungUp, sent }) => sum + (hungUp ? sent.methods.length + 2 : 0),
    0,
  )
  if (closed.size > mayBeGone) wrong.push(`${closed.size} lines without an answer, ${mayBeGone} may be`)
  return wrong
}

/** (i) and (ii); a body is the caller's own, also one that swallowed the request behind it. */
function wrongSecrets({ stage, outcomes, credentials, after }: Judged, record: string): string[] {
  const received = [...stage.first.requests, ...stage.second.requests]
  const upstream = received.map(({ head, trailers }) => head + JSON.stringify(trailers)).join('')
  const callers = Buffer.concat(outcomes.map(({ bytes }) => bytes))
  const operators = `${record}${after}${stage.gateway.stdout()}${stage.gateway.stderr()}`
  const wrong: string[] = []
  for (const part of credentials) {
    if (upstream.includes(part)) wrong.push('a credential of a caller went upstream')
    if (operators.includes(part)) wrong.push('a credential of a caller is in the record or a log')
  }
  for (const secret of [...stage.tokens.issued, ...stage.secrets]) {
    if (callers.includes(secret)) wrong.push('a secret of the gateway went to a caller')
    if (operators.includes(secret)) wrong.push('a secret of the gateway is in the record or a log')
  }
  return wrong
}
