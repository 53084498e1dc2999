import type { BuildContext } from './build-context.ts'
import type { IssuerConfig, IssuerKeys } from './loaded-config.ts'
import type { ParsedSections } from './parse-sections.ts'
import { secureUrl } from './schema/address.ts'
import { Problem } from './schema/problem.ts'

type ParsedIssuer = ParsedSections['issuers'] extends ReadonlyMap<string, infer T> ? T : never

/** An issuer, durations in the seconds that tokens count in; `undefined` after a fault. */
export function buildIssuer(
  name: string,
  parsed: ParsedIssuer,
  context: BuildContext,
): IssuerConfig | undefined {
  const keys = buildKeys(name, parsed, context)
  if (keys === undefined) return undefined
  const { algorithms, typ, skew, max_lifetime, stale_for } = parsed
  return Object.freeze({
    name,
    kind: parsed.kind,
    issuer: parsed.issuer,
    keys,
    ...(algorithms && { algorithms }),
    ...(typ && { types: typ.map((type) => (type === 'absent' ? null : type)) }),
    ...(skew !== undefined && { skewSeconds: skew / 1000 }),
    ...(max_lifetime !== undefined && { maxLifetimeSeconds: max_lifetime / 1000 }),
    ...(stale_for !== undefined && { staleKeysForSeconds: stale_for / 1000 }),
  })
}

function buildKeys(
  name: string,
  { jwks, issuer }: ParsedIssuer,
  context: BuildContext,
): IssuerKeys | undefined {
  if (jwks?.kind === 'url') return jwks
  if (jwks === undefined) {
    const url = secureUrl(issuer)
    if (!(url instanceof Problem)) return { kind: 'discovery', issuer }
    context.faults.add(context.root, {
      path: ['issuers', name, 'issuer'],
      message: `${url.message}, so its keys cannot be discovered`,
      hint: `${url.hint}; or say where the keys are: jwks: https://… or jwks: file:…`,
    })
    return undefined
  }
  const path = ['issuers', name, 'jwks']
  const text = context.readText(jwks.path, path)
  if (text === undefined) return undefined
  if (isKeySet(text)) return { kind: 'file', path: jwks.path, text }
  context.faults.add(context.root, {
    path,
    message: 'names a file that is not a JSON Web Key Set',
    hint: 'the file holds {"keys": […]} (RFC 7517 5)',
  })
  return undefined
}

function isKeySet(text: string): boolean {
  try {
    const document: unknown = JSON.parse(text)
    return (
      typeof document === 'object' && document !== null && 'keys' in document && Array.isArray(document.keys)
    )
  } catch {
    return false
  }
}
