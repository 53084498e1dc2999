const nouns = [
  ...['users', 'clients', 'connections', 'apis', 'actions', 'teams', 'roles', 'organizations', 'logs'],
  ...['sessions', 'identities', 'credentials', 'notification_subscriptions', 'accounts'],
]

/**
 * What a token request without scopes is granted: every verb with every noun (the product is assumed, a handful
 * of them are named by the vendor), and the right to read password hashes.
 */
export const scopeCatalogue: readonly string[] = [
  ...nouns.flatMap((noun) => ['read', 'create', 'update', 'delete'].map((verb) => `${verb}:${noun}`)),
  'read:password_hashes',
]

const known: ReadonlySet<string> = new Set(scopeCatalogue)

/**
 * The scopes that a request gets. What does not exist is dropped without a word, or granted all the same where
 * policies are not enforced.
 */
export function grantedScopes(requested: string | undefined, enforced: boolean): readonly string[] {
  const scopes = (requested ?? '').split(' ').filter((scope) => scope !== '')
  if (scopes.length === 0) return scopeCatalogue
  return enforced ? scopes.filter((scope) => known.has(scope)) : scopes
}
