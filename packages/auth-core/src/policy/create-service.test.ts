import { expect, it } from 'vitest'
import { compilePolicy } from './compile-policy.ts'
import type { Operation } from './operation.ts'

const read: Operation = {
  name: 'users.read',
  method: 'GET',
  template: '/users',
  scopes: [],
  replay: 'never',
  destructive: false,
}

// Two upstreams of one preset share their operations: what is remembered for one must not serve the other.
it.each([
  ['production', 'staging'],
  ['staging', 'production'],
])(
  'a service with rules for two tenants of one preset gets the rules of %s, also after %s',
  (first, second) => {
    const { policy } = compilePolicy({
      upstreams: ['production', 'staging'].map((name) => ({
        name,
        audience: name,
        emptyScope: 'allow' as const,
        operations: [read],
      })),
      services: [
        {
          name: 'ops',
          identities: [{ issuer: 'cluster', subject: 'ops' }],
          allow: ['production', 'staging'].map((upstream) => ({
            upstream,
            operations: ['users.read'],
            position: 'policy.yaml:1:1',
          })),
        },
      ],
    } as Parameters<typeof compilePolicy>[0])
    const service = policy.serviceOf({ issuer: 'cluster', subject: 'ops', claims: {} })
    const audienceOf = (upstream: string) =>
      service?.rulesFor(upstream, read).map((rule) => rule.tokenRequest.audience)
    expect([audienceOf(second), audienceOf(first)]).toEqual([[second], [first]])
  },
)
