import { type FaultCode, faultKinds, presets } from '@countersign/auth-core'
import { contentOf } from '@countersign/gateway/src/contracts/content-of.ts'
import {
  type HttpInteraction,
  httpInteraction,
  type PactDocument,
} from '@countersign/gateway/src/contracts/pact-document.ts'
import { findCalled, routesOf } from '@countersign/gateway/src/contracts/remedy.ts'

/** What contracts say something about. */
export interface Touched {
  /** Requests to the gateway, whatever the answer. */
  readonly requests: readonly { readonly method: string; readonly path: string }[]
  /** What the gateway lets its callers do. */
  readonly called: Operations
  /** The same, at the upstream's own API. */
  readonly sentOn: Operations
  readonly codes: ReadonlySet<string>
}

/**
 * Upstream and operation, as in `faable users.get`, and what goes with it: query parameters, members of bodies, and
 * `answered x` for those of an answer's. Where a body is a list, `[]` stands for what it is made of.
 */
export type Operations = ReadonlyMap<string, ReadonlySet<string>>

/**
 * What pacts touch. An operation is touched where its upstream's own API does it, or through the gateway where the
 * call is let through: a refusal says nothing about it.
 */
export function touchedBy(pacts: readonly PactDocument[]): Touched {
  const called = pacts.flatMap(({ provider, interactions }) =>
    interactions.flatMap((each) => {
      const interaction = httpInteraction(each)
      return interaction === undefined ? [] : [{ ...interaction, provider: provider.name }]
    }),
  )
  const own = called.filter(({ provider }) => provider === gateway)
  const others = called.filter(({ provider }) => provider !== gateway)
  return {
    requests: own.map(({ request }) => request),
    called: operationsOf(own),
    sentOn: operationsOf(others),
    codes: new Set(own.flatMap(codeOf)),
  }
}

const gateway = 'countersign-gateway'
const routes = routesOf(presets.values())

type Called = HttpInteraction & { readonly provider: string }

function operationsOf(interactions: readonly Called[]): Operations {
  const operations = new Map<string, Set<string>>()
  for (const interaction of interactions) {
    const name = operationOf(interaction)
    if (name === undefined) continue
    operations.set(name, new Set([...(operations.get(name) ?? []), ...partsOf(interaction)]))
  }
  return operations
}

function partsOf({ request: { query, body }, response }: Called): readonly string[] {
  const parameters = typeof query === 'string' ? new URLSearchParams(query).keys() : Object.keys(query ?? {})
  const answered = isSuccess(response) ? membersOf(response.body) : []
  return [...parameters, ...membersOf(body), ...answered.map((name) => `answered ${name}`)]
}

function membersOf(body: unknown): readonly string[] {
  const content = contentOf(body)
  if (Array.isArray(content)) return ['[]']
  return typeof content === 'object' && content !== null ? Object.keys(content) : []
}

function isSuccess({ status = 200 }: HttpInteraction['response']): boolean {
  return status < 400
}

function operationOf(interaction: Called): string | undefined {
  const { provider, request, response } = interaction
  const { method, path } = request
  const upstream = provider.replace(/-api$/, '')
  const isDone = presets.has(upstream) && isSuccess(response)
  const isTouched = provider === gateway ? codeOf(interaction).length === 0 : isDone
  if (!isTouched) return undefined
  const target = provider === gateway ? path : `/${upstream}${path}`
  const found = findCalled(routes, { method, target, headers: [], body: undefined })
  return found && `${found.upstream} ${found.operation.name}`
}

/** The fault that an answer tells, in its body or in `Proxy-Status`. */
function codeOf({ response }: HttpInteraction): readonly FaultCode[] {
  const content = contentOf(response.body)
  const told = typeof content === 'object' && content !== null && 'code' in content ? content.code : undefined
  const shown = /details="([\w.-]+)"/.exec(JSON.stringify(response.headers ?? {}).replaceAll('\\"', '"'))?.[1]
  return [told, shown].filter(isFaultCode)
}

function isFaultCode(value: unknown): value is FaultCode {
  return typeof value === 'string' && Object.hasOwn(faultKinds, value)
}
