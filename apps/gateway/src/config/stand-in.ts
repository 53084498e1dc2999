import type { Path } from './located.ts'
import { isReference } from './references.ts'

const unresolved = 'https://unresolved.invalid/'

/** What must have a certain form, by the name of its key. */
const forms: ReadonlyMap<string, (name: string) => string> = new Map([
  ...[
    'url',
    'admin_url',
    'endpoint',
    'fallback_endpoint',
    'issuer',
    'jwks',
    'forward_to',
    'alias',
    'resource',
  ].map((key) => [key, (name: string) => `${unresolved}${encodeURIComponent(name)}`] as const),
  ...['listen', 'admin'].map((key) => [key, () => '127.0.0.1:0'] as const),
  // HTTP Basic takes none with a ":", which a reference has.
  ...['tenant', 'client_id'].map((key) => [key, () => 'unresolved'] as const),
])

/** 32 bytes in Base64, as a key of the store is written. */
const storeKey = `${'A'.repeat(43)}=`

/**
 * What stands in for a reference that leads nowhere, where only the policy is asked for and no call is made:
 * the reference itself, or something of the form that its place wants.
 */
export function standIn(text: string, reference: string, path: Path): string {
  if (!isReference(text)) return 'unresolved'
  if (path.slice(0, 3).join('.') === 'gateway.store.keys') return storeKey
  // Scheme, host and port: there is no place in it for the name.
  if (path.join('.') === 'gateway.url') return unresolved
  return forms.get(String(path.at(-1)))?.(reference) ?? text
}

/** Does nothing but a stand-in say what is there? */
export function isUnresolved(url: string): boolean {
  return `${url}/`.startsWith(unresolved)
}

/** An address as it is written, where a reference stands for the whole of it that leads nowhere. */
export function asWritten(url: string): string {
  return url.startsWith(unresolved) ? `\${${decodeURIComponent(url.slice(unresolved.length))}}` : url
}
