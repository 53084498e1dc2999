import type { IssuerKind } from '@countersign/auth-core'
import { buildIdentity } from './build-identity.ts'
import { spellPosition } from './config-faults.ts'
import type { ServiceConfig } from './loaded-config.ts'
import { type Located, locate } from './located.ts'
import type { ParsedSections } from './parse-sections.ts'

type ParsedService = ParsedSections['services'] extends ReadonlyMap<string, infer T> ? T : never

/** How long a released token may live when the rule does not say. */
export const defaultReleaseSeconds = 3600

/** Where services stand, and what kind an issuer is of. */
export interface ServiceContext {
  readonly root: Located
  readonly kindOf: (issuer: string) => IssuerKind | undefined
}

/** A service as the policy wants it: each rule knows where it is written. */
export function buildService(
  name: string,
  parsed: ParsedService,
  { root, kindOf }: ServiceContext,
): ServiceConfig {
  const at = locate(root, ['services', name]).node.keyAt
  return Object.freeze({
    name,
    at,
    position: spellPosition(at),
    mode: parsed.mode,
    identities: parsed.identities.map((identity) => buildIdentity(identity, kindOf(identity.issuer))),
    allow: parsed.allow.map(({ release, release_max_lifetime: life, ...rule }, at) =>
      Object.freeze({
        ...rule,
        release: release && { maxLifetimeSeconds: life === undefined ? defaultReleaseSeconds : life / 1000 },
        position: spellPosition(locate(root, ['services', name, 'allow', at]).node.at),
      }),
    ),
  })
}
