import { isJsonObject, type Json, type JsonObject } from '@countersign/auth-core'
import { scope } from '../config/schema/text.ts'
import { followReference } from './follow-reference.ts'

const scopeSchema = scope()

/**
 * The scopes that a machine needs for an operation. Of its security requirements, which are alternatives, that
 * one counts which a token of `client_credentials` fulfils, or else the first which some OAuth token does.
 *
 * @returns sorted, without repetition; what is no scope to the gateway is left out
 */
export function scopesOf(document: JsonObject, security: Json | undefined): readonly string[] {
  const alternatives = (Array.isArray(security) ? security : []).filter(isJsonObject)
  const ranked = alternatives.map((requirement) => rank(document, requirement))
  const chosen = ranked.find(({ isForMachines }) => isForMachines) ?? ranked.find(({ isOAuth }) => isOAuth)
  const scopes = (chosen?.scopes ?? []).filter((each) => scopeSchema.safeParse(each).success)
  return [...new Set(scopes)].sort()
}

function rank(document: JsonObject, requirement: JsonObject) {
  const tokens = Object.entries(requirement).flatMap(([name, scopes]) => {
    const scheme = securityScheme(document, name)
    // Where it is no OAuth, a list beside it names roles (OpenAPI 3.1, 4.8.30), which no token is asked for.
    return scheme?.type === 'oauth2' || scheme?.type === 'openIdConnect' ? [{ scheme, scopes }] : []
  })
  return {
    isOAuth: tokens.length > 0,
    isForMachines: tokens.some(({ scheme }) => tokenUrlOf(scheme) !== undefined),
    scopes: tokens
      .flatMap(({ scopes }) => (Array.isArray(scopes) ? scopes : []))
      .filter((each): each is string => typeof each === 'string'),
  }
}

/** The token endpoint for machines that a document names, if it does. */
export function tokenEndpointOf(document: JsonObject): string | undefined {
  const { components } = document
  const schemes =
    isJsonObject(components) && isJsonObject(components.securitySchemes) ? components.securitySchemes : {}
  for (const name of Object.keys(schemes)) {
    const found = tokenUrlOf(securityScheme(document, name))
    if (found !== undefined) return found
  }
  return undefined
}

function securityScheme({ components, ...rest }: JsonObject, name: string): JsonObject | undefined {
  const schemes = isJsonObject(components) ? components.securitySchemes : undefined
  if (!isJsonObject(schemes) || !Object.hasOwn(schemes, name)) return undefined
  return followReference({ components: components ?? null, ...rest }, schemes[name])
}

function tokenUrlOf(scheme: JsonObject | undefined): string | undefined {
  const flows = scheme?.type === 'oauth2' ? scheme.flows : undefined
  const flow = isJsonObject(flows) ? flows.clientCredentials : undefined
  return isJsonObject(flow) && typeof flow.tokenUrl === 'string' ? flow.tokenUrl : undefined
}
