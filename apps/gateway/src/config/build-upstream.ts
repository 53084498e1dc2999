import { type CredentialScheme, type Operation, type Preset, Secret } from '@countersign/auth-core'
import { allowedOperations } from './allowed-operations.ts'
import { buildCredential } from './build-credential.ts'
import { buildBreaker, buildLimits } from './build-limits.ts'
import { buildToken } from './build-token.ts'
import type { CheckContext } from './check-context.ts'
import { fillTemplate, type TemplateValues } from './fill-template.ts'
import type { TimeoutsConfig, UpstreamConfig, WebhookConfig } from './loaded-config.ts'
import type { ParsedSections } from './parse-sections.ts'

/** An entry of `upstreams:` as its schema gives it. */
export type ParsedUpstream = ParsedSections['upstreams'] extends ReadonlyMap<string, infer T> ? T : never

/** What upstreams are built with. */
export interface UpstreamContext extends CheckContext {
  /** References that lead nowhere have stand-ins, which are no keys. */
  readonly policyOnly?: boolean | undefined
}

/** An upstream with its preset and the defaults filled in; `undefined` when something essential is missing. */
export function buildUpstream(
  name: string,
  parsed: ParsedUpstream,
  { presets, root, faults, policyOnly }: UpstreamContext,
): UpstreamConfig | undefined {
  const preset = parsed.preset === undefined ? undefined : presets.get(parsed.preset)
  const { tenant } = parsed
  const url = parsed.url ?? filled(preset?.url, { tenant })?.replace(/\/+$/, '')
  const token = buildToken(parsed, preset, { url, tenant })
  if (url === undefined || token === undefined) return undefined
  const operations = buildOperations(parsed, preset)
  const { credential, problems } = buildCredential(parsed.credential)
  for (const [key, { message, hint }] of policyOnly ? [] : problems) {
    faults.add(root, { path: ['upstreams', name, 'credential', key], message, hint })
  }
  return Object.freeze({
    name,
    preset,
    url,
    token,
    credential,
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
    limits: buildLimits(parsed),
    breaker: buildBreaker(parsed),
  })
}

function scopesOf(operations: readonly Operation[]): readonly string[] {
  return [...new Set(operations.flatMap(({ scopes }) => scopes))].sort()
}

function buildWebhook({ webhook }: ParsedUpstream, preset: Preset | undefined): WebhookConfig | undefined {
  const scheme = preset?.webhook
  if (webhook === undefined || scheme === undefined) return undefined
  const { secret, forward_to, audience, timeout } = webhook
  // Less than vendors wait for an answer: they shall learn when nobody took it.
  const timeoutMs = timeout ?? 4_000
  return Object.freeze({ scheme, secret: new Secret(secret), forwardTo: forward_to, audience, timeoutMs })
}

function filled(template: string | undefined, values: TemplateValues): string | undefined {
  return template === undefined ? undefined : fillTemplate(template, values)
}

function buildSchemes(
  { schemes }: ParsedUpstream,
  preset: Preset | undefined,
): ReadonlyMap<string, CredentialScheme> {
  return new Map(Object.entries(schemes ?? preset?.credentials ?? {}))
}

/**
 * The preset's operations, those of the same name replaced, then the configuration's own. Copies: an operation is
 * compared by identity, so that another upstream of the same preset has its own.
 */
function buildOperations({ operations }: ParsedUpstream, preset: Preset | undefined): readonly Operation[] {
  const byName = new Map<string, Operation>()
  for (const operation of preset?.operations ?? []) byName.set(operation.name, operation)
  for (const [name, own] of Object.entries(operations ?? {})) {
    const { route, scopes, replay, destructive, websocket, scheme, forbid_query, audience, resource } = own
    const repeatable = route.method === 'GET' || route.method === 'HEAD'
    byName.set(name, {
      name,
      method: route.method,
      template: route.template,
      scopes: [...new Set(scopes)].sort(),
      ...(audience !== undefined && { audience }),
      ...(resource !== undefined && { resource }),
      replay: replay ?? (repeatable ? 'on_401' : 'never'),
      destructive: destructive ?? false,
      websocket: websocket ?? false,
      credential: scheme ?? byName.get(name)?.credential,
      forbidQuery: forbid_query ?? byName.get(name)?.forbidQuery,
    })
  }
  return Object.freeze([...byName.values()].map((operation) => Object.freeze({ ...operation })))
}

function buildTimeouts(parsed: ParsedUpstream['timeouts']): TimeoutsConfig {
  return Object.freeze({
    connectMs: parsed?.connect ?? 2_000,
    firstByteMs: parsed?.first_byte ?? 30_000,
    idleMs: parsed?.idle ?? 60_000,
    totalMs: parsed?.total ?? 300_000,
  })
}
