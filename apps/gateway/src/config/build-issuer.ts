import { resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import type { BuildContext } from './build-context.ts'
import { buildEndpointTimeouts } from './build-endpoint-timeouts.ts'
import { buildBundle, buildKeySet } from './build-keys.ts'
import type { IssuerConfig } from './loaded-config.ts'
import type { ParsedSections } from './parse-sections.ts'
import { githubIssuer } from './schema/issuers.ts'

/** An entry of `issuers:` as it was parsed. */
export type ParsedIssuer = ParsedSections['issuers'] extends ReadonlyMap<string, infer T> ? T : never

/** An issuer, durations in the seconds that tokens count in; `undefined` after a fault. */
export function buildIssuer(
  name: string,
  parsed: ParsedIssuer,
  context: BuildContext,
): IssuerConfig | undefined {
  const issuer = issuerOf(parsed)
  const keys =
    parsed.kind === 'spiffe'
      ? buildBundle(name, parsed.bundle, context)
      : buildKeySet(name, { issuer, jwks: parsed.jwks }, context)
  const reach = buildReach(name, parsed, context)
  if (keys === undefined) return undefined
  const { algorithms, skew, max_lifetime, fresh_for, stale_for } = parsed
  const types = parsed.kind === 'spiffe' ? undefined : parsed.typ
  return Object.freeze({
    name,
    kind: parsed.kind,
    issuer,
    keys,
    timeouts: buildEndpointTimeouts(parsed.timeouts),
    ...reach,
    ...(algorithms && { algorithms }),
    ...(types && { types: types.map((type) => (type === 'absent' ? null : type)) }),
    ...(skew !== undefined && { skewSeconds: skew / 1000 }),
    ...(max_lifetime !== undefined && { maxLifetimeSeconds: max_lifetime / 1000 }),
    ...(fresh_for !== undefined && { freshKeysForSeconds: fresh_for / 1000 }),
    ...(stale_for !== undefined && { staleKeysForSeconds: stale_for / 1000 }),
  })
}

/** What its tokens say in `iss`; a trust domain, which signs without one, goes by its own SPIFFE ID. */
export function issuerOf(parsed: ParsedIssuer): string {
  if (parsed.kind === 'spiffe') return `spiffe://${parsed.trust_domain}`
  return parsed.issuer ?? githubIssuer
}

/**
 * How the keys are reached. Both files are read when keys are asked for, so that a rotated token is no change
 * of the configuration and a new authority loses no keys; here it is only seen that they can be used.
 */
function buildReach(name: string, parsed: ParsedIssuer, context: BuildContext) {
  const { ca } = parsed
  const tokenFile = parsed.kind === 'kubernetes' ? parsed.token_file : undefined
  const pem = ca === undefined ? undefined : context.readText(ca, ['issuers', name, 'ca'])
  if (pem !== undefined && !isCertificates(pem)) {
    context.faults.add(context.root, {
      path: ['issuers', name, 'ca'],
      message: 'names a file without a certificate in PEM',
      hint: 'give the authorities that the issuer’s own certificate leads to',
    })
  }
  if (tokenFile !== undefined) context.expectFile(tokenFile, ['issuers', name, 'token_file'])
  return {
    ...(ca !== undefined && { ca: resolve(context.folder, ca) }),
    ...(tokenFile !== undefined && { tokenFile: resolve(context.folder, tokenFile) }),
  }
}

function isCertificates(pem: string): boolean {
  try {
    createSecureContext({ ca: pem })
    return pem.includes('-----BEGIN CERTIFICATE-----')
  } catch {
    return false
  }
}
