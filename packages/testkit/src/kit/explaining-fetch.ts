import type { KitFetch } from './countersign-kit.ts'
import type { ExplainedCall, Explanation } from './explain-call.ts'

/** What a refusal is explained with. */
export interface Explainer {
  /** The name in the policy of the issuer with this `iss`. */
  readonly issuerName: (iss: unknown) => string | undefined
  readonly explain: (call: ExplainedCall) => Promise<Explanation>
}

/** Refusals that rest on the policy. */
const explained: ReadonlySet<unknown> = new Set([
  'policy.refused',
  'policy.scope',
  'route.unknown',
  'route.method',
])

/** The global `fetch`; a refusal by policy comes back with the explanation in its `detail`, otherwise untouched. */
export function createExplainingFetch(explainer: Explainer): KitFetch {
  return async (url, init) => {
    const response = await fetch(url, init)
    if (response.headers.get('content-type') !== 'application/problem+json') return response
    const problem = JSON.parse(await response.clone().text())
    const call = callOf(url, init, explainer)
    if (!explained.has(problem.code) || call === undefined) return response
    const { text } = await explainer.explain(call)
    const headers = new Headers(response.headers)
    headers.delete('content-length')
    const { status, statusText } = response
    const body = JSON.stringify({ ...problem, detail: `${problem.detail}\n${text}\n` })
    return new Response(body, { status, statusText, headers })
  }
}

/** The call as `explain` takes it; `undefined` for a caller that shows no token of the kit's issuers. */
function callOf(url: string, init: RequestInit, { issuerName }: Explainer): ExplainedCall | undefined {
  const fields = new Headers(init.headers)
  const claims = claimsOf(fields.get('authorization') ?? '')
  const issuer = issuerName(claims?.iss)
  if (claims === undefined || issuer === undefined) return undefined
  const { pathname, search } = new URL(url)
  fields.delete('authorization')
  return {
    as: { issuer, subject: String(claims.sub) },
    method: init.method ?? 'GET',
    path: pathname + search,
    claims,
    headers: Object.fromEntries(fields),
    ...(typeof init.body === 'string' && { body: init.body }),
  }
}

function claimsOf(authorization: string): Record<string, unknown> | undefined {
  const [, payload] = /^Bearer [^.]+\.([^.]+)\./i.exec(authorization) ?? []
  if (payload === undefined) return undefined
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
