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
  /** Upstream and operation, as in `faable users.get`: what the gateway lets its callers do. */
  readonly called: ReadonlySet<string>
  /** The same, at the upstream's own API. */
  readonly sentOn: ReadonlySet<string>
  readonly codes: ReadonlySet<string>
}

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
    called: new Set(own.flatMap(operationOf)),
    sentOn: new Set(others.flatMap(operationOf)),
    codes: new Set(own.flatMap(codeOf)),
  }
}

const gateway = 'countersign-gateway'
const routes = routesOf(presets.values())

function operationOf(interaction: HttpInteraction & { readonly provider: string }): readonly string[] {
  const { provider, request, response } = interaction
  const { method, path } = request
  const upstream = provider.replace(/-api$/, '')
  const isDone = presets.has(upstream) && (response.status ?? 200) < 400
  const isTouched = provider === gateway ? codeOf(interaction).length === 0 : isDone
  if (!isTouched) return []
  const target = provider === gateway ? path : `/${upstream}${path}`
  const found = findCalled(routes, { method, target, headers: [], body: undefined })
  return found === undefined ? [] : [`${found.upstream} ${found.operation.name}`]
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
