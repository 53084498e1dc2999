import { isReference } from './references.ts'

/** What must have a certain form, by the name of its key. */
const forms: ReadonlyMap<string, (name: string) => string> = new Map([
  ...['url', 'endpoint', 'issuer', 'jwks'].map(
    (key) => [key, (name: string) => `https://unresolved.invalid/${encodeURIComponent(name)}`] as const,
  ),
  ...['listen', 'admin'].map((key) => [key, () => '127.0.0.1:0'] as const),
  ['tenant', () => 'unresolved'],
])

/**
 * What stands in for a reference that leads nowhere, where only the policy is asked for and no call is made:
 * the reference itself, or something of the form that its key wants.
 */
export function standIn(text: string, reference: string, key: string): string {
  if (!isReference(text)) return 'unresolved'
  return forms.get(key)?.(reference) ?? text
}
