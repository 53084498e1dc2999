import { type ClientAuthMethod, clientAuthMethods } from '@countersign/auth-core'
import { allowedOperations } from './allowed-operations.ts'
import type { CheckContext } from './check-context.ts'
import type { UpstreamConfig } from './loaded-config.ts'
import { locate, type Path } from './located.ts'

/** The keys under `credential:` that make up each part of one. */
const keysOf: Readonly<
  Record<(typeof clientAuthMethods)[ClientAuthMethod]['needs'][number], readonly string[]>
> = {
  clientId: ['client_id'],
  clientSecret: ['client_secret'],
  signingKey: ['private_key'],
  certificate: ['certificate', 'certificate_key'],
  workloadToken: ['workload_token'],
}

/**
 * What token requests need of a credential is there, and no part of it is there in vain: a key that nothing
 * uses is most likely one that its owner believes to be in use.
 */
export function checkCredentials(
  context: CheckContext,
  upstreams: ReadonlyMap<string, UpstreamConfig>,
): void {
  for (const upstream of upstreams.values()) {
    checkParts(context, upstream)
    checkBearer(context, upstream)
  }
}

function checkParts({ root, faults }: CheckContext, upstream: UpstreamConfig): void {
  const { name, token } = upstream
  const path = (key: string): Path => ['upstreams', name, 'credential', key]
  const has = (key: string) => locate(root, path(key)).exact
  const consents = token.grantType === 'consent'
  const method = consents ? 'client_secret_basic' : token.clientAuth
  const needed = consents || wantsTokens(upstream, root) ? clientAuthMethods[method].needs : []
  const using = consents ? 'the exchange of a consent' : `client_auth: ${method}`
  for (const key of needed.flatMap((part) => keysOf[part])) {
    if (has(key)) continue
    const hint = key === 'client_id' ? `${using} needs it` : `${using} needs it: give it as a reference`
    faults.addUnlessFaulted(root, { path: path(key), message: 'is missing', hint })
  }
  if (has('certificate') !== has('certificate_key')) {
    const missing = has('certificate') ? 'certificate_key' : 'certificate'
    faults.addUnlessFaulted(root, {
      path: path(missing),
      message: 'is missing',
      hint: 'a certificate and its key go together',
    })
  }
  const used = token.grantType === 'none' ? [] : [...clientAuthMethods[method].needs, 'certificate' as const]
  for (const part of ['signingKey', 'workloadToken', 'certificate'] as const) {
    const [key = ''] = keysOf[part]
    if (used.includes(part) || !has(key)) continue
    const hint =
      token.grantType === 'none'
        ? 'remove it: there is no token request'
        : `remove it, or set client_auth; it is ${method}`
    faults.add(root, { path: path(key), message: 'is used by nothing', hint, atKey: true })
  }
  if (token.certificateBound && !has('certificate')) {
    const hint = 'token.certificate_bound needs it: give it as a reference'
    faults.addUnlessFaulted(root, { path: path('certificate'), message: 'is missing', hint })
  }
}

/** Does a call that some rule allows go with a token? Without schemes, every call does. */
function wantsTokens(upstream: UpstreamConfig, root: CheckContext['root']): boolean {
  if (upstream.token.grantType === 'none') return false
  return upstream.schemes.size === 0 || bearerOperation(upstream, root) !== undefined
}

function bearerOperation(upstream: UpstreamConfig, root: CheckContext['root']) {
  const [first] = upstream.schemes.values()
  return allowedOperations(upstream, root).find(
    ({ credential }) => (upstream.schemes.get(credential ?? '') ?? first)?.authorization === 'bearer',
  )
}

/** Without a token, something else has to be shown. */
function checkBearer({ root, faults }: CheckContext, upstream: UpstreamConfig): void {
  if (upstream.token.grantType !== 'none') return
  const path: Path = ['upstreams', upstream.name, 'token']
  const hint =
    'name under schemes what is shown instead: key: { authorization: none, headers: { x-api-key: api_key } }'
  if (upstream.schemes.size === 0)
    faults.add(root, { path, message: 'is none, and no scheme shows anything else', hint })
  const operation = bearerOperation(upstream, root)
  if (operation === undefined) return
  faults.add(root, {
    path,
    message: `is none, and ${operation.name}, which a rule allows, shows a token`,
    hint,
  })
}
