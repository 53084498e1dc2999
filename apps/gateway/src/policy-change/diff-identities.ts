import type { Service } from '@countersign/auth-core'
import type { PolicyChange } from './policy-change.ts'

/** Who became, or ceased to be, this service. Someone new gets all that the service may do: a gain. */
export function diffIdentities(old: Service | undefined, now: Service | undefined): PolicyChange[] {
  const before = identitiesOf(old)
  const after = identitiesOf(now)
  const service = now?.name ?? old?.name ?? ''
  const whole = { kind: 'identity', service, upstream: null, operation: null, destructive: false } as const
  const added = [...after].filter((identity) => !before.has(identity))
  const removed = [...before].filter((identity) => !after.has(identity))
  return [
    ...added.map((after): PolicyChange => {
      const direction = isEmpty(now) ? 'same' : 'gained'
      return { ...whole, direction, before: null, after, position: now?.position ?? null }
    }),
    ...removed.map((before): PolicyChange => {
      const direction = isEmpty(old) ? 'same' : 'lost'
      return {
        ...whole,
        direction,
        before,
        after: null,
        position: now?.position ?? old?.position ?? null,
      }
    }),
  ]
}

function isEmpty(service: Service | undefined): boolean {
  return service === undefined || (service.rules.length === 0 && service.mode === 'enforce')
}

function identitiesOf(service: Service | undefined): Set<string> {
  return new Set(service?.identities.map(({ spelling }) => spelling))
}
