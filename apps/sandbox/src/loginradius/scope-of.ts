const resources = ['organization', 'invitation', 'role', 'domain', 'connection'] as const
const verbs: ReadonlyMap<string, string> = new Map([
  ['GET', 'read'],
  ['POST', 'create'],
  ['PUT', 'update'],
  ['DELETE', 'delete'],
])

/** Every scope there is: `organization:read` and so on. The form is documented, these names are assumed. */
export const loginradiusScopes: readonly string[] = resources.flatMap((resource) =>
  [...verbs.values()].map((verb) => `${resource}:${verb}`),
)

/** What a machine token needs for a request: the innermost resource that the path names, and the method's verb. */
export function scopeOf(method: string, path: string): string {
  const segments = path.split('/')
  const resource = resources.findLast((name) => segments.includes(`${name}s`)) ?? 'organization'
  return `${resource}:${verbs.get(method) ?? 'read'}`
}
