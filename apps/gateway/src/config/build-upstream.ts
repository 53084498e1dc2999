import { createHmac, randomBytes } from 'node:crypto'
import { type Operation, type Preset, Secret } from '@countersign/auth-core'
import type { TimeoutsConfig, TokenConfig, UpstreamConfig } from './loaded-config.ts'
import type { ParsedSections } from './parse-sections.ts'

type ParsedUpstream = ParsedSections['upstreams'] extends ReadonlyMap<string, infer T> ? T : never

/** An upstream with its preset and the defaults filled in; `undefined` when something essential is missing. */
export function buildUpstream(
  name: string,
  parsed: ParsedUpstream,
  presets: ReadonlyMap<string, Preset>,
): UpstreamConfig | undefined {
  const preset = parsed.preset === undefined ? undefined : presets.get(parsed.preset)
  const url = parsed.url ?? preset?.url
  const token = buildToken(parsed, preset)
  if (url === undefined || token === undefined) return undefined
  return Object.freeze({
    name,
    preset,
    url,
    token,
    credential: buildCredential(parsed.credential),
    emptyScope: preset?.emptyScope ?? 'allow',
    operations: buildOperations(parsed, preset),
    headers: parsed.headers ?? [],
    timeouts: buildTimeouts(parsed.timeouts),
  })
}

function buildToken({ token }: ParsedUpstream, preset: Preset | undefined): TokenConfig | undefined {
  const endpoint = token?.endpoint ?? preset?.token.endpoint
  if (endpoint === undefined) return undefined
  return Object.freeze({
    grantType: 'client_credentials',
    endpoint,
    clientAuth: token?.client_auth ?? preset?.token.clientAuth ?? 'client_secret_basic',
    body: token?.body ?? preset?.token.body ?? 'form',
    audience: token?.audience ?? preset?.token.audience,
    parameters: { ...preset?.token.parameters, ...token?.parameters },
    strict: token?.strict ?? false,
  })
}

/** Known to this process only: the version of a credential cannot be tried against a list of guesses. */
const versionKey = randomBytes(32)

function buildCredential({ client_id, client_secret }: ParsedUpstream['credential']) {
  const version = createHmac('sha256', versionKey)
    .update(JSON.stringify([client_id, client_secret]))
    .digest('hex')
    .slice(0, 16)
  return Object.freeze({ clientId: client_id, clientSecret: new Secret(client_secret), version })
}

/** The preset's operations, those of the same name replaced, then the configuration's own. */
function buildOperations({ operations }: ParsedUpstream, preset: Preset | undefined): readonly Operation[] {
  const byName = new Map<string, Operation>()
  for (const operation of preset?.operations ?? []) byName.set(operation.name, operation)
  for (const [name, { route, scopes, replay, destructive }] of Object.entries(operations ?? {})) {
    const repeatable = route.method === 'GET' || route.method === 'HEAD'
    byName.set(name, {
      name,
      method: route.method,
      template: route.template,
      scopes: [...new Set(scopes)].sort(),
      replay: replay ?? (repeatable ? 'on_401' : 'never'),
      destructive: destructive ?? false,
    })
  }
  return Object.freeze([...byName.values()].map((operation) => Object.freeze(operation)))
}

function buildTimeouts(parsed: ParsedUpstream['timeouts']): TimeoutsConfig {
  return Object.freeze({
    connectMs: parsed?.connect ?? 2_000,
    firstByteMs: parsed?.first_byte ?? 30_000,
    idleMs: parsed?.idle ?? 60_000,
    totalMs: parsed?.total ?? 300_000,
  })
}
