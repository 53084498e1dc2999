import { METHODS } from 'node:http'
import { isJsonObject, type JsonObject, type Operation, type Policy } from '@countersign/auth-core'
import type { Hypothetical } from '../authorize/hypothetical.ts'
import type { HypotheticalCaller } from '../authorize/hypothetical-caller.ts'
import type { Evaluation } from './evaluation.ts'

/** A question as the request that it is about. */
export interface Asked {
  readonly request: Hypothetical
  /** The operation that it has to lead to, where the question names one. */
  readonly operation: string | undefined
}

/** Why a well-formed question has no other answer than no. */
export interface Unanswerable {
  readonly reason: string
}

/**
 * Turns a question into a request: subject `service` or `identity`, resource `route` (path and query as sent to
 * the gateway) or `operation` (`upstream/name`), action a method or an operation's name.
 */
export function hypotheticalOf(evaluation: Evaluation, policy: Policy, now: number): Asked | Unanswerable {
  const caller = callerOf(evaluation, policy)
  if ('reason' in caller) return caller
  const target = targetOf(evaluation, policy, caller)
  if ('reason' in target) return target
  const { headers, query, body } = evaluation.context ?? {}
  const asked = queryOf(query)
  if (asked !== '' && target.path.includes('?')) {
    return { reason: 'resource.id has a query, and context.query is a second one' }
  }
  return {
    operation: target.operation?.name,
    request: {
      caller,
      method: target.method,
      target: target.path + asked,
      headers: pairsOf(headers ?? {}).flat(),
      body: body === undefined ? undefined : JSON.stringify(body),
      now,
    },
  }
}

function callerOf({ subject }: Evaluation, policy: Policy): HypotheticalCaller | Unanswerable {
  const { type, id, properties = {} } = subject
  const { claims = {}, issuer } = properties
  if (!isJsonObject(claims)) return { reason: 'subject.properties.claims is no object' }
  if (type === 'service') {
    return policy.services.has(id)
      ? { service: id, claims }
      : { reason: `there is no service ${JSON.stringify(id)}` }
  }
  if (type !== 'identity') return { reason: 'subject.type is neither service nor identity' }
  if (typeof issuer !== 'string')
    return { reason: 'an identity is an issuer and a subject: give properties.issuer' }
  return { issuer, subject: id, claims }
}

interface Target {
  readonly method: string
  readonly path: string
  readonly operation: Operation | undefined
}

function targetOf(
  { action, resource }: Evaluation,
  policy: Policy,
  caller: HypotheticalCaller,
): Target | Unanswerable {
  const { type, id, properties = {} } = resource
  if (type === 'route') {
    const upstream = id.split('/', 2)[1] ?? ''
    const operation = isMethod(action.name) ? undefined : find(policy, upstream, action.name)
    return { method: operation?.method ?? action.name, path: id, operation }
  }
  if (type !== 'operation') return { reason: 'resource.type is neither route nor operation' }
  const slash = id.indexOf('/')
  const upstream = id.slice(0, Math.max(slash, 0))
  const operation = find(policy, upstream, id.slice(slash + 1))
  if (!operation) return { reason: `there is no operation ${JSON.stringify(id)}` }
  const values = isJsonObject(properties.path) ? properties.path : {}
  const missing = variablesRead(policy, caller, upstream, operation).find(
    (name) => textOf(values, name) === undefined,
  )
  if (missing !== undefined) {
    return { reason: `a rule reads request.path.${missing}: give it in resource.properties.path` }
  }
  const method = action.name === operation.name ? operation.method : action.name
  return { method, path: `/${upstream}${fill(operation.template, values)}`, operation }
}

function find(policy: Policy, upstream: string, name: string): Operation | undefined {
  return policy.upstreams.get(upstream)?.operations.find((operation) => operation.name === name)
}

function isMethod(name: string): boolean {
  return METHODS.includes(name)
}

/** Variables that decide something: without their value there is no knowing. */
function variablesRead(
  policy: Policy,
  caller: HypotheticalCaller,
  upstream: string,
  operation: Operation,
): readonly string[] {
  const services =
    'service' in caller
      ? [policy.services.get(caller.service)]
      : policy.candidates(caller).map(({ owner }) => owner)
  const rules = services.flatMap((service) => service?.rulesFor(upstream, operation) ?? [])
  return rules.flatMap((rule) => [...(rule.when?.reads.path ?? [])])
}

/** What no rule reads may be anything. */
function fill(template: string, values: JsonObject): string {
  return template.replace(/\{([^}]*)\}/g, (_whole, name: string) =>
    encodeURIComponent(textOf(values, name) ?? '~'),
  )
}

function textOf(values: JsonObject, name: string): string | undefined {
  const value = Object.hasOwn(values, name) ? values[name] : undefined
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

function queryOf(query: NonNullable<Evaluation['context']>['query']): string {
  if (query === undefined || query === '') return ''
  if (typeof query === 'string') return query.startsWith('?') ? query : `?${query}`
  const parameters = new URLSearchParams(pairsOf(query)).toString()
  return parameters === '' ? '' : `?${parameters}`
}

function pairsOf(values: Readonly<Record<string, string | readonly string[]>>): [string, string][] {
  return Object.entries(values).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((each): [string, string] => [name, each]),
  )
}
