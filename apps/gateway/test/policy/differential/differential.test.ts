import { expect, it } from 'vitest'
import { createHypotheticals } from '../../../src/authorize/hypothetical.ts'
import { diffPolicies } from '../../../src/policy-change/diff-policies.ts'
import type { PolicyChange } from '../../../src/policy-change/policy-change.ts'
import { createRecordJudge } from '../../../src/policy-change/record-judge.ts'
import { parseRecordedRequest } from '../../../src/policy-change/recorded-request.ts'
import type { AuditLine } from '../../support/stage.ts'
import { generatePolicies } from './generate-policies.ts'
import { type GeneratedRequest, generateRequest } from './generate-request.ts'
import { openSide, type Side } from './open-side.ts'

// The same every time. DIFFERENTIAL_SEEDS=1,2,3 takes others, DIFFERENTIAL_CASES another number of requests.
const seeds = (process.env.DIFFERENTIAL_SEEDS ?? '4').split(',').map(Number)
const cases = Number(process.env.DIFFERENTIAL_CASES ?? 250)

it.each(seeds)('explain, replay and diff say what gateways do: policies of seed %i', async (seed) => {
  const [old, now] = generatePolicies(seed)
  await using before = await openSide(old)
  await using after = await openSide(now)
  const requests = Array.from({ length: cases }, (_, at) => generateRequest(seed, at))
  const [was, is] = [await before.record(requests), await after.record(requests)]

  expect([...wrongExplanations(before, requests, was), ...wrongExplanations(after, requests, is)]).toEqual([])
  const replays = [replay(before, was, was), replay(after, was, is), replay(before, is, was)]
  expect(replays.flatMap(({ wrong }) => wrong)).toEqual([])
  const changes = diffPolicies(before.config.policy, after.config.policy)
  expect(missedChanges(changes, was, is)).toEqual([])

  // It must be a fair mixture, or it proves nothing.
  const passing = is.filter(passes).length
  expect(Math.min(passing, cases - passing)).toBeGreaterThan(4)
  expect(replays.reduce((sum, { known }) => sum + known, 0)).toBeGreaterThan(cases)
})

/** Each request of which explain says something else than became of it. */
function wrongExplanations(
  { config }: Side,
  requests: readonly GeneratedRequest[],
  lines: readonly AuditLine[],
) {
  const ask = createHypotheticals(config)
  return requests.flatMap((request, at) => {
    const { subject, claims, ...sent } = request
    const answer = ask({ ...sent, caller: { issuer: 'cluster', subject, claims }, now: Date.now() })
    const line = lines[at]
    const real = [line?.verdict, line?.code, line?.rule, line?.scopes, line?.audience]
    if ('fault' in answer) return differing(request, [refused(line), answer.fault.code], real)
    const { verdict, code, rule, token } = answer.explanation
    if (verdict === 'deny') return differing(request, [verdict, code], real)
    const label = verdict === 'allow' ? rule?.label : line?.rule
    return differing(request, [verdict, code, label, token?.scopes, token?.audience], real)
  })
}

function differing(request: GeneratedRequest, told: readonly unknown[], real: readonly unknown[]) {
  const isSame = told.every((fact, at) => JSON.stringify(fact) === JSON.stringify(real[at]))
  return isSame ? [] : [{ request, told, real }]
}

/** What the operator has to mend is no denial of the record's, but a refusal all the same. */
function refused(line: AuditLine | undefined): unknown {
  return line?.verdict === 'none' ? 'none' : 'deny'
}

/** Each verdict that replay is certain of and that did not come. */
function replay({ config }: Side, recorded: readonly AuditLine[], real: readonly AuditLine[]) {
  const judge = createRecordJudge(config)
  let known = 0
  const wrong = recorded.flatMap((line, at) => {
    const request = parseRecordedRequest(JSON.stringify(line))
    if (typeof request === 'string') return []
    const { verdict } = judge(request)
    const came = parseRecordedRequest(JSON.stringify(real[at]))
    // What is refused before policy is asked is refused for what the record does not hold.
    if (verdict === 'unknown' || typeof came === 'string') return []
    known += 1
    return verdict === came.verdict ? [] : [{ verdict, line, real: real[at] }]
  })
  return { wrong, known }
}

/** Each request that may do more, or less, than before, of which diff says nothing of the kind. */
function missedChanges(
  changes: readonly PolicyChange[],
  was: readonly AuditLine[],
  is: readonly AuditLine[],
) {
  return was.flatMap((old, at) => {
    const now = is[at]
    if (!now) return []
    const said = changes.filter((change) => concerns(change, old) || concerns(change, now))
    const directions = new Set(said.map(({ direction }) => direction))
    const isGain = exceeds(now, old) && !directions.has('gained') && !directions.has('unclear')
    const isLoss = exceeds(old, now) && !directions.has('lost') && !directions.has('unclear')
    return isGain || isLoss ? [{ isGain, old, now, said }] : []
  })
}

function concerns({ service, upstream, operation }: PolicyChange, line: AuditLine): boolean {
  if (service !== line.service) return false
  return operation === null || (upstream === line.upstream && operation === line.operation)
}

function passes({ verdict }: AuditLine): boolean {
  return verdict === 'allow' || verdict === 'shadow'
}

/** Can the one do what the other cannot? */
function exceeds(one: AuditLine, other: AuditLine): boolean {
  if (!passes(one)) return false
  return !passes(other) || powers(one).some((power) => !powers(other).includes(power))
}

function powers({ scopes, audience }: AuditLine): readonly unknown[] {
  return [...(scopes as readonly string[]), `for ${audience}`]
}
