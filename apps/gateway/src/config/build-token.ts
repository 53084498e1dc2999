import type { ConsentFlow, Preset } from '@countersign/auth-core'
import { buildEndpointTimeouts } from './build-endpoint-timeouts.ts'
import { fillTemplate, type TemplateValues } from './fill-template.ts'
import type { TokenConfig } from './loaded-config.ts'
import type { ParsedSections } from './parse-sections.ts'

type ParsedUpstream = ParsedSections['upstreams'] extends ReadonlyMap<string, infer T> ? T : never
type ParsedToken = Exclude<ParsedUpstream['token'], 'none' | undefined>

/** How a token is asked for, preset and defaults filled in; `undefined` when nobody says where. */
export function buildToken(
  { token, consent: { alias } = {} }: ParsedUpstream,
  preset: Preset | undefined,
  values: TemplateValues,
): TokenConfig | undefined {
  if (token === 'none') return noToken
  const known = preset?.token
  const consent = known?.consent && fillConsent(known.consent, values, alias)
  const where = whereTokensAre(token, preset, values)
  const endpoint = where.endpoint ?? consent?.exchange
  if (endpoint === undefined && where.issuer === undefined) return undefined
  return Object.freeze({
    ...where,
    endpoint,
    grantType: grantTypeOf(token) ?? known?.grantType ?? 'client_credentials',
    clientAuth: token?.client_auth ?? known?.clientAuth ?? 'client_secret_basic',
    assertionAudience: token?.assertion_audience,
    subjectTokenType: `urn:ietf:params:oauth:token-type:${token?.subject_token_type ?? 'jwt'}`,
    body: token?.body ?? known?.body ?? 'form',
    audience: token?.audience ?? filled(known?.audience, values),
    resource: token?.resource ?? [],
    audienceDiscovery: known?.audienceDiscovery,
    consent,
    parameters: { ...known?.parameters, ...token?.parameters },
    certificateBound: token?.certificate_bound ?? false,
    maxLifetimeSeconds: token?.max_lifetime === undefined ? undefined : token.max_lifetime / 1000,
    timeouts: buildEndpointTimeouts(token?.timeouts),
    strict: token?.strict ?? false,
  })
}

const noToken: TokenConfig = Object.freeze({
  grantType: 'none',
  endpoint: undefined,
  issuer: undefined,
  fallbackEndpoint: undefined,
  clientAuth: 'client_secret_basic',
  assertionAudience: undefined,
  subjectTokenType: '',
  body: 'form',
  audience: undefined,
  resource: [],
  audienceDiscovery: undefined,
  consent: undefined,
  parameters: {},
  certificateBound: false,
  maxLifetimeSeconds: undefined,
  timeouts: buildEndpointTimeouts(undefined),
  strict: false,
})

function grantTypeOf(token: ParsedToken | undefined): TokenConfig['grantType'] | undefined {
  const given = token?.grant_type
  return given === 'urn:ietf:params:oauth:grant-type:token-exchange' ? 'token_exchange' : given
}

/** What the configuration says takes the place of all that the preset does: its second address is not for others. */
function whereTokensAre(
  token: ParsedToken | undefined,
  preset: Preset | undefined,
  values: TemplateValues,
): Pick<TokenConfig, 'endpoint' | 'issuer' | 'fallbackEndpoint'> {
  const { endpoint, issuer, fallback_endpoint: fallbackEndpoint } = token ?? {}
  if (endpoint !== undefined || issuer !== undefined) return { endpoint, issuer, fallbackEndpoint }
  return {
    endpoint: filled(preset?.token.endpoint, values),
    issuer: undefined,
    fallbackEndpoint: fallbackEndpoint ?? filled(preset?.token.fallbackEndpoint, values),
  }
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

function filled(template: string | undefined, values: TemplateValues): string | undefined {
  return template === undefined ? undefined : fillTemplate(template, values)
}
