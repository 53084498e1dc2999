import { isJsonObject, type JsonObject } from './strict-json.ts'

/** A namespace (RFC 1123 label) and the name of a service account (RFC 1123 subdomain). */
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const subject = new RegExp(`^system:serviceaccount:(${label}):(${label}(?:\\.${label})*)$`)
const longestName = 253

/**
 * What is wrong with the claims of a service-account token: its `sub` must be that of a service account, and
 * the `kubernetes.io` claims must name the same one, with its uid. Legacy tokens, which never end, have no such
 * claims.
 */
export function kubernetesFlaw(claims: JsonObject): string | undefined {
  const [, namespace, name = ''] = subject.exec(String(claims.sub)) ?? []
  if (namespace === undefined || name.length > longestName) return 'is not that of a service account'
  const bound = claims['kubernetes.io']
  if (!isJsonObject(bound)) return 'has no kubernetes.io claims: a legacy token, or none of this cluster'
  const account = bound.serviceaccount
  if (!isJsonObject(account) || typeof account.uid !== 'string' || account.uid === '') {
    return 'does not say which service account it is bound to'
  }
  return bound.namespace === namespace && account.name === name
    ? undefined
    : 'names another service account in its kubernetes.io claims than in its subject'
}
