import {
  type ConsentFlow,
  type CredentialScheme,
  type Operation,
  type Preset,
  Secret,
} from '@countersign/auth-core'
import { allowedOperations } from './allowed-operations.ts'
import { buildCredential } from './build-credential.ts'
import type { CheckContext } from './check-context.ts'
import { fillTemplate, type TemplateValues } from './fill-template.ts'
import type { TimeoutsConfig, TokenConfig, UpstreamConfig, WebhookConfig } from './loaded-config.ts'
import type { ParsedSections } from './parse-sections.ts'

type ParsedUpstream = ParsedSections['upstreams'] extends ReadonlyMap<string, infer T> ? T : never

/** An upstream with its preset and the defaults filled in; `undefined` when something essential is missing. */
export function buildUpstream(
  name: string,
  parsed: ParsedUpstream,
  { presets, root }: Pick<CheckContext, 'presets' | 'root'>,
): UpstreamConfig | undefined {
  const preset = parsed.preset === undefined ? undefined : presets.get(parsed.preset)
  const { tenant } = parsed
  const url = parsed.url ?? filled(preset?.url, { tenant })?.replace(/\/+$/, '')
  const token = buildToken(parsed, preset, { url, tenant })
  if (url === undefined || token === undefined) return undefined
  const operations = buildOperations(parsed, preset)
  return Object.freeze({
    name,
    preset,
    url,
    token,
    credential: buildCredential(parsed.credential),
    emptyScope: preset?.emptyScope ?? 'allow',
    operations,
    schemes: buildSchemes(parsed, preset),
    consentScopes:
      token.consent === undefined
        ? []
        : (parsed.consent?.scopes ?? scopesOf(allowedOperations({ name, operations }, root))),
    webhook: buildWebhook(parsed, preset),
    headers: parsed.headers ?? [],
    timeouts: buildTimeouts(parsed.timeouts),
  })
}

function scopesOf(operations: readonly Operation[]): readonly string[] {
  return [...new Set(operations.flatMap(({ scopes }) => scopes))].sort()
}

function buildWebhook({ webhook }: ParsedUpstream, preset: Preset | undefined): WebhookConfig | undefined {
  const scheme = preset?.webhook
  if (webhook === undefined || scheme === undefined) return undefined
  const { secret, forward_to, audience } = webhook
  return Object.freeze({ scheme, secret: new Secret(secret), forwardTo: forward_to, audience })
}

function filled(template: string | undefined, values: TemplateValues): string | undefined {
  return template === undefined ? undefined : fillTemplate(template, values)
}

function buildToken(
  { token, consent: { alias } = {} }: ParsedUpstream,
  preset: Preset | undefined,
  values: TemplateValues,
): TokenConfig | undefined {
  const known = preset?.token
  const consent = known?.consent && fillConsent(known.consent, values, alias)
  const endpoint = token?.endpoint ?? consent?.exchange ?? filled(known?.endpoint, values)
  if (endpoint === undefined) return undefined
  // An address that the configuration gives in place of the preset's has no second one unless it says so.
  const fallback = token?.endpoint === undefined ? filled(known?.fallbackEndpoint, values) : undefined
  return Object.freeze({
    grantType: known?.grantType ?? 'client_credentials',
    endpoint,
    fallbackEndpoint: token?.fallback_endpoint ?? fallback,
    clientAuth: token?.client_auth ?? known?.clientAuth ?? 'client_secret_basic',
    body: token?.body ?? known?.body ?? 'form',
    audience: token?.audience ?? filled(known?.audience, values),
    audienceDiscovery: known?.audienceDiscovery,
    consent,
    parameters: { ...known?.parameters, ...token?.parameters },
    strict: token?.strict ?? false,
  })
}

/** The alias is for the browser's part: the provider sends it back to the host that it was sent from. */
function fillConsent(
  flow: ConsentFlow,
  values: TemplateValues,
  alias: string | undefined,
): ConsentFlow | undefined {
  const authorize = fillTemplate(flow.authorize, { ...values, url: alias ?? values.url })
  const exchange = fillTemplate(flow.exchange, values)
  if (authorize === undefined || exchange === undefined) return undefined
  const callback = filled(flow.callback, { ...values, url: alias ?? values.url })
  return Object.freeze({ ...flow, authorize, exchange, callback })
}

function buildSchemes(
  { schemes }: ParsedUpstream,
  preset: Preset | undefined,
): ReadonlyMap<string, CredentialScheme> {
  return new Map(Object.entries(schemes ?? preset?.credentials ?? {}))
}

/** The preset's operations, those of the same name replaced, then the configuration's own. */
function buildOperations({ operations }: ParsedUpstream, preset: Preset | undefined): readonly Operation[] {
  const byName = new Map<string, Operation>()
  for (const operation of preset?.operations ?? []) byName.set(operation.name, operation)
  for (const [name, own] of Object.entries(operations ?? {})) {
    const { route, scopes, replay, destructive, scheme, forbid_query } = own
    const repeatable = route.method === 'GET' || route.method === 'HEAD'
    byName.set(name, {
      name,
      method: route.method,
      template: route.template,
      scopes: [...new Set(scopes)].sort(),
      replay: replay ?? (repeatable ? 'on_401' : 'never'),
      destructive: destructive ?? false,
      credential: scheme ?? byName.get(name)?.credential,
      forbidQuery: forbid_query ?? byName.get(name)?.forbidQuery,
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
