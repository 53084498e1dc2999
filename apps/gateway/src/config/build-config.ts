import { createBuildContext } from './build-context.ts'
import { buildGateway } from './build-gateway.ts'
import { buildIssuer } from './build-issuer.ts'
import { buildPolicy } from './build-policy.ts'
import { buildService } from './build-service.ts'
import { buildUpstream } from './build-upstream.ts'
import type { CheckContext } from './check-context.ts'
import { checkCredentials } from './check-credentials.ts'
import { checkIdentities } from './check-identities.ts'
import { checkIssuers } from './check-issuers.ts'
import { checkListeners } from './check-listeners.ts'
import { checkNames } from './check-names.ts'
import { checkPublic } from './check-public.ts'
import { checkReleases } from './check-releases.ts'
import { checkSchemes } from './check-schemes.ts'
import { checkSecrets } from './check-secrets.ts'
import { checkUpstreams } from './check-upstreams.ts'
import type { Disk } from './disk.ts'
import { findConfigWarnings } from './find-config-warnings.ts'
import type { LoadedConfig } from './loaded-config.ts'
import { parseSections } from './parse-sections.ts'
import { secretTimes } from './secret-times.ts'

/** The merged files and what they are turned into a configuration with. */
export interface ConfigParts extends CheckContext {
  readonly path: string
  readonly folder: string
  readonly disk: Disk
  readonly sources: ReadonlyMap<string, string>
  /** Files that cannot be read are no faults. */
  readonly policyOnly?: boolean | undefined
}

/**
 * Checks everything and makes ready values of it. Faults are gathered on the way; with any, the result must
 * not be used.
 */
export function buildConfig(parts: ConfigParts): LoadedConfig | undefined {
  const { root, path, sources, disk } = parts
  const parsed = parseSections(parts)
  for (const check of [checkSecrets, checkListeners, checkUpstreams, checkNames]) check(parts)
  checkIssuers(parts, parsed)
  checkIdentities(parts, parsed)

  const context = createBuildContext(parts, parts)
  const kindOf = (issuer: string) => parsed.issuers.get(issuer)?.kind
  const gateway = parsed.gateway && buildGateway(parsed.gateway, context, kindOf)
  const issuers = mapEntries(parsed.issuers, (name, entry) => buildIssuer(name, entry, context))
  const upstreams = mapEntries(parsed.upstreams, (name, entry) => buildUpstream(name, entry, parts))
  checkSchemes(parts, upstreams)
  checkCredentials(parts, upstreams)
  checkPublic(parts, upstreams)
  const services = mapEntries(parsed.services, (name, entry) => buildService(name, entry, { root, kindOf }))
  const policy = buildPolicy({ services, upstreams, mode: parsed.gateway?.mode }, parts)
  checkReleases(parts, { services, upstreams, policy })
  if (!gateway) return undefined
  const { evidence } = disk
  return Object.freeze({
    path,
    gateway,
    issuers,
    upstreams,
    services,
    policy,
    warnings: findConfigWarnings(root, { gateway, policy }),
    sources,
    evidence,
    secretTimes: secretTimes(parts),
  })
}

function mapEntries<T, R>(
  entries: ReadonlyMap<string, T>,
  build: (name: string, entry: T) => R | undefined,
): ReadonlyMap<string, R> {
  const built = new Map<string, R>()
  for (const [name, entry] of entries) {
    const result = build(name, entry)
    if (result !== undefined) built.set(name, result)
  }
  return built
}
