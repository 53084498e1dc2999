/** Where the surroundings of a kit's gateway are. */
export interface Surroundings {
  /** By the name of the issuer. */
  readonly keySets: ReadonlyMap<string, { readonly issuer: string; readonly jwksUri: string }>
  /** By the name of the upstream. */
  readonly upstreams: ReadonlyMap<string, { readonly url: string; readonly tokens: { readonly url: string } }>
}

/** A section or an entry of a configuration. */
export type Section = Readonly<Record<string, unknown>>

/** What a secret of the rewired policy refers to. */
export const secretVariable = 'COUNTERSIGN_TESTKIT_SECRET'

/**
 * One file of a policy, led to the kit's surroundings: who may do what stays as it is; addresses, keys,
 * credentials and what listens are the kit's.
 */
export function rewirePolicy(file: Section, around: Surroundings, env: Section): Section {
  const { gateway, issuers, upstreams, ...rest } = resolved(file, env)
  return {
    ...rest,
    ...(gateway !== undefined && { gateway: rewireGateway(section(gateway)) }),
    ...(issuers !== undefined && {
      issuers: each(issuers, (issuer, name) => rewireIssuer(issuer, name, around)),
    }),
    ...(upstreams !== undefined && {
      upstreams: each(upstreams, (upstream, name) => rewireUpstream(upstream, name, around)),
    }),
  }
}

/** With references replaced by what `env` says, or by a text of their own: `testkit-billing-tenant`. */
export function resolved(file: Section, env: Section): Section {
  const text = JSON.stringify(file).replace(/\$\$\{|\$\{(env|file):([^}]*)\}/g, (whole, kind, name) => {
    if (kind === undefined) return whole
    const value = kind === 'env' && Object.hasOwn(env, name) ? env[name] : standIn(name)
    return JSON.stringify(String(value)).slice(1, -1)
  })
  return JSON.parse(text)
}

/** Different for different names, and such that it can be a part of a host name. */
function standIn(name: string): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? []
  return ['testkit', ...words].join('-').slice(0, 63)
}

function rewireGateway(gateway: Section): Section {
  const { tls, admin, audit, store, public: outward, ...kept } = gateway
  return {
    ...kept,
    listen: '127.0.0.1:8080',
    admin: '127.0.0.1:9090',
    audit: { file: './audit.jsonl' },
    ...(outward !== undefined && { public: { listen: '127.0.0.1:0', url: 'https://gateway.example' } }),
    ...(store !== undefined && { store: { file: './store.json', keys: { kit: secret }, active: 'kit' } }),
  }
}

/** How keys are had is the issuer's own affair; here all have a key set of the kit's. */
function rewireIssuer(issuer: Section, name: string, { keySets }: Surroundings): Section {
  const { ca, token_file, ...kept } = issuer
  const keySet = keySets.get(name)
  if (issuer.kind === 'spiffe') return { ...kept, bundle: keySet?.jwksUri }
  return { ...kept, issuer: keySet?.issuer, jwks: keySet?.jwksUri }
}

function rewireUpstream(upstream: Section, name: string, { upstreams }: Surroundings): Section {
  const { token, credential, webhook, consent, ...kept } = upstream
  // How a token is asked for, and by whom, is between the gateway and a real upstream.
  const { issuer, fallback_endpoint, grant_type, max_lifetime, certificate_bound, ...asked } = section(token)
  const { client_auth, assertion_audience, subject_token_type, ...request } = asked
  const { private_key, key_id, algorithm, certificate, certificate_key, workload_token, ...keys } =
    section(credential)
  const here = upstreams.get(name)
  return {
    ...kept,
    url: here?.url,
    token: {
      // Found at the upstream otherwise, by documents that the kit's upstreams do not have.
      ...(upstream.preset === 'faable' && { audience: 'faable:management:testkit' }),
      ...request,
      endpoint: here?.tokens.url,
    },
    credential: { ...each(keys, () => secret), client_id: 'testkit', client_secret: secret },
  }
}

const secret = `\${env:${secretVariable}}`

function each<T>(entries: unknown, change: (entry: Section, name: string) => T): Record<string, T> {
  return Object.fromEntries(
    Object.entries(section(entries)).map(([name, entry]) => [name, change(section(entry), name)]),
  )
}

/** A map of the configuration; what is none is left for the gateway to complain about. */
export function section(value: unknown): Section {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
