import { styleText } from 'node:util'
import {
  type ConditionReport,
  type ExaminedRule,
  type Explanation,
  releaseOperation,
} from '@countersign/auth-core'
import type { HypotheticalAnswer } from '../authorize/hypothetical.ts'

/**
 * An answer as one JSON value: the explanation, or `verdict: deny` with the fault's code.
 *
 * @param hint what may have been meant
 */
export function jsonAnswer(answer: HypotheticalAnswer, hint?: string): object {
  if ('explanation' in answer) return answer.explanation
  const { fault, service } = answer
  return { verdict: 'deny', service, code: fault.code, why: fault.says, detail: fault.detail, hint }
}

/** An answer for people. Colours only where a terminal shows them. */
export function renderAnswer(answer: HypotheticalAnswer, hint?: string): string {
  if ('explanation' in answer) return renderExplanation(answer.explanation)
  const { fault, service } = answer
  const isStrange = service === undefined && fault.code === 'policy.refused'
  const lines = [
    `${verdict('deny')}  ${service ?? 'a stranger'}`,
    line('code', fault.code),
    line('why', isStrange ? noService : fault.says),
  ]
  const detail = hint ?? fault.detail
  if (detail !== undefined) lines.push(line('detail', detail))
  return `${lines.join('\n')}\n`
}

const noService = 'no service lists this issuer and subject'

function renderExplanation(explanation: Explanation): string {
  const { service, upstream, operation, rule, token, closest } = explanation
  const lines = [`${verdict(explanation.verdict)}  ${service ?? 'a stranger'} → ${upstream} ${operation}`]
  if (service === undefined) lines.push(line('why', noService))
  else if (rule === undefined) lines.push(line('why', whyNot(explanation)))
  for (const examined of explanation.examined) lines.push(...renderRule(examined))
  if (rule?.limit !== undefined) lines.push(line('limit', rule.limit))
  if (rule?.releases !== undefined)
    lines.push(line('release', `the token itself, for at most ${rule.releases} s`))
  if (closest && explanation.examined.length === 0) {
    lines.push(line('closest', `${closest.label}  ${dim(closest.position)}`), line('', closest.misfit))
  }
  if (explanation.verdict === 'deny') lines.push(line('to allow', remedy(explanation)))
  if (token) {
    lines.push(line('audience', token.audience ?? 'none'), line('scopes', token.scopes.join(' ') || 'none'))
    if (token.resource) lines.push(line('resource', token.resource.join(' ')))
  }
  return `${lines.join('\n')}\n`
}

/** What somebody would write who wants the call to go through; whether it should is another question. */
function remedy({ service, upstream, operation, examined, closest, forbidden }: Explanation): string {
  if (service === undefined) return 'list the issuer and subject under services.NAME.identities'
  if (forbidden !== undefined) return `leave ${forbidden} out; no rule can allow it`
  if (examined.length > 0) return `call with what the condition wants, or change it at ${closest?.position}`
  if (operation === releaseOperation.name)
    return `say release: token in a rule of services.${service}.allow for ${upstream} that has these scopes`
  return `add under services.${service}.allow  - { upstream: ${upstream}, operations: [${operation}] }`
}

function whyNot({ verdict: outcome, operation, examined, closest, forbidden }: Explanation): string {
  if (forbidden !== undefined) return `the operation forbids the query parameter ${forbidden}`
  const shadow = outcome === 'shadow' ? 'shadow lets it through: ' : ''
  if (examined.length === 0 && operation === releaseOperation.name)
    return 'no rule releases a token of this upstream with these scopes'
  if (examined.length === 0) return `${shadow}no rule includes this operation`
  return `${shadow}${closest?.label}: ${closest?.misfit}`
}

function renderRule({ label, position, matched, condition }: ExaminedRule): string[] {
  const head = line('rule', `${label}  ${dim(position)}${matched ? '' : '  did not match'}`)
  return condition ? [head, ...renderCondition(condition)] : [head]
}

function renderCondition({ source, outcome, error, parts, values }: ConditionReport): string[] {
  const shown = parts.length > 1 ? parts : [{ source, outcome, ...(error !== undefined && { error }) }]
  return [
    ...shown.map((part, at) => line(at === 0 ? 'when' : '', `${part.source}  ${outcomeText(part)}`)),
    ...values.map((value) => line('', dim(`  ${value.source} = ${spell(value.value)}`))),
  ]
}

function outcomeText({ outcome, error }: { outcome: boolean | undefined; error?: string }): string {
  if (outcome === undefined) return styleText('yellow', `cannot be evaluated: ${error ?? 'it failed'}`)
  return outcome ? styleText('green', 'true') : styleText('red', 'false')
}

/** Long values are cut: a body may hold anything. */
function spell(value: unknown): string {
  if (value === undefined) return '(absent)'
  const text = JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? Number(inner) : inner))
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}

function verdict(outcome: Explanation['verdict']): string {
  const colours = { allow: 'green', shadow: 'yellow', deny: 'red' } as const
  return styleText(['bold', colours[outcome]], outcome)
}

function line(name: string, text: string): string {
  return `  ${name.padEnd(9)} ${text}`
}

function dim(text: string): string {
  return styleText('dim', text)
}
