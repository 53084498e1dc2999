import type { CheckContext } from './check-context.ts'
import type { UpstreamConfig } from './loaded-config.ts'
import { locate, type Path } from './located.ts'

const needs = {
  public:
    'add public: { listen: 0.0.0.0:8443, url: https://gateway.example }, where vendors reach the gateway',
  store: 'add store: { file: …, keys: { NAME: a reference }, active: NAME }, where its token is kept',
  operators: 'add operators: [{ issuer: …, subject: … }], who may start the consent',
} as const

/** What consents and webhooks need of the gateway, and whether they are possible at all. */
export function checkPublic(
  { root, faults }: CheckContext,
  upstreams: ReadonlyMap<string, UpstreamConfig>,
): void {
  function needed(name: keyof typeof needs, by: string): void {
    const path: Path = ['gateway', name]
    if (!root.children.has('gateway') || locate(root, path).exact) return
    faults.addUnlessFaulted(root, { path, message: `is missing, and ${by} needs it`, hint: needs[name] })
  }
  for (const [name, { token, webhook }] of upstreams) {
    if (token.grantType === 'consent') {
      for (const key of ['public', 'store', 'operators'] as const) needed(key, `the consent of ${name}`)
    } else if (locate(root, ['upstreams', name, 'consent']).exact) {
      faults.add(root, {
        path: ['upstreams', name, 'consent'],
        message: 'is not possible here: tokens of this upstream need no consent',
        hint: 'remove it',
      })
    }
    const path = ['upstreams', name, 'webhook']
    if (!locate(root, path).exact) continue
    needed('public', `the webhook of ${name}`)
    if (webhook !== undefined) continue
    const message = 'is not possible here: nobody knows how this upstream signs what it delivers'
    faults.add(root, { path, message, hint: 'remove it, or use a preset that has webhooks' })
  }
}
