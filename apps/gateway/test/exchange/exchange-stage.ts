import type { RawResponse } from '@countersign/testkit'
import type { Configuration } from '../support/configuration.ts'
import { openStage, type Stage } from '../support/stage.ts'

const tokenType = 'urn:ietf:params:oauth:token-type:'

/** Types of tokens by the last word of their URN (RFC 8693 3). */
export const type = (name: string): string => tokenType + name

/** The parameters that a good exchange of `svc-a` has. */
export const good: Readonly<Record<string, string>> = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token: '$J',
  subject_token_type: type('jwt'),
  audience: 'u1',
}

/** A token request as raw text: parameters in a form, in the given order. */
export function tokenRequest(
  parameters: Readonly<Record<string, string | undefined>> | readonly (readonly [string, string])[],
  ...fields: readonly string[]
): (fill: (text: string) => string) => string {
  return (fill) => {
    const pairs = Array.isArray(parameters) ? parameters : Object.entries(parameters)
    const sent = pairs.filter((pair): pair is [string, string] => pair[1] !== undefined)
    const body = new URLSearchParams(sent.map(([name, value]) => [name, fill(value)])).toString()
    return post(body, ...fields)
  }
}

/** A form as raw text. */
export function post(body: string, ...fields: readonly string[]): string {
  return [
    'POST /oauth2/token HTTP/1.1',
    'Host: g',
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...fields,
    '',
    body,
  ].join('\r\n')
}

/** `svc-a` may have one token of `u1` and another under a condition; `svc-b` and the others see to the rest. */
export function releasing({ services }: Configuration): void {
  const identities = (subject: string) => [{ issuer: 'cluster', subject }]
  const rule = (operations: readonly string[], more: object = { release: 'token' }) => ({
    upstream: 'u1',
    operations,
    ...more,
  })
  services['svc-a'] = {
    identities: identities('svc-a'),
    allow: [
      rule(['public.read', 'orders.create'], {
        release: 'token',
        when: '!("team" in identity.claims) || identity.claims.team == "red"',
      }),
      rule(['things.*']),
      rule(['admin.*'], {}),
    ],
  }
  services['svc-short'] = {
    identities: identities('svc-short'),
    allow: [rule(['public.read'], { release: 'token', release_max_lifetime: '10m' })],
  }
  services['svc-cold'] = { identities: identities('svc-cold'), allow: [rule(['cold.*'])] }
  services['svc-limited'] = {
    identities: identities('svc-limited'),
    allow: [rule(['public.read'], { release: 'token', limit: '1/hour' })],
  }
  services['svc-shadow'] = {
    identities: identities('svc-shadow'),
    mode: 'shadow',
    allow: [rule(['public.read'], {}), { upstream: 'u2', operations: ['public.read'], release: 'token' }],
  }
}

/** A stage on which tokens are released, and the way to ask for one. */
export async function openExchangeStage(
  adapt: (usual: Configuration) => void = () => {},
): Promise<Stage & { ask(bytes: (fill: Stage['caller']['fill']) => string): Promise<RawResponse> }> {
  const stage = await openStage({
    adapt(usual) {
      releasing(usual)
      adapt(usual)
    },
  })
  return Object.assign(stage, {
    async ask(bytes: (fill: Stage['caller']['fill']) => string) {
      const { responses } = await stage.caller.send(bytes(stage.caller.fill))
      const [response] = responses
      if (!response) throw new Error('no answer')
      return response
    },
  })
}
