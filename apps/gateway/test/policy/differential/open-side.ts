import { ConfigFaults } from '../../../src/config/config-faults.ts'
import type { LoadedConfig } from '../../../src/config/loaded-config.ts'
import type { Configuration } from '../../support/configuration.ts'
import { policyConfig } from '../../support/policy-config.ts'
import { type AuditLine, openStage, type Stage } from '../../support/stage.ts'
import type { GeneratedPolicy } from './generate-policies.ts'
import type { GeneratedRequest } from './generate-request.ts'

/** A generated policy as tools read it, and a gateway process that answers by it. */
export interface Side extends AsyncDisposable {
  readonly config: LoadedConfig
  /** Makes the requests. @returns their `close` lines, in the order of the requests */
  record(requests: readonly GeneratedRequest[]): Promise<readonly AuditLine[]>
}

/** Starts a gateway by this policy, without the rules of it that have faults. */
export async function openSide(policy: GeneratedPolicy): Promise<Side> {
  let config: LoadedConfig | undefined
  const stage = await openStage({
    adapt(usual) {
      for (const [name, operations] of Object.entries(policy.upstreams))
        Object.assign(usual.upstreams[name] as object, { operations })
      usual.services = { ...policy.services }
      config = withoutFaults(usual)
    },
  })
  if (!config) throw new TypeError('a stage was opened without its configuration')
  return {
    config,
    async record(requests) {
      const queue = [...requests.entries()]
      const tokens = new Map<string, Promise<string>>()
      async function work(): Promise<void> {
        for (let next = queue.shift(); next; next = queue.shift()) await send(stage, tokens, ...next)
      }
      await Promise.all(Array.from({ length: 8 }, work))
      const lines = new Map(stage.audit().map((line) => [`${line.kind} ${line.request_id}`, line]))
      return requests.map((_request, at) => lines.get(`close ${requestId(at)}`) as AuditLine)
    },
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  }
}

/** Takes the rules with faults out of the configuration. */
function withoutFaults(usual: Configuration): LoadedConfig {
  for (;;) {
    try {
      return policyConfig(JSON.stringify(usual, null, 1))
    } catch (error) {
      if (!(error instanceof ConfigFaults)) throw error
      const faulty = new Set(
        error.faults.map(({ path }) => /^services\.\w+\.allow\[\d+\]/.exec(path ?? '')?.[0]),
      )
      if (faulty.has(undefined)) throw error
      for (const [name, service] of Object.entries(usual.services as GeneratedPolicy['services'])) {
        const allow = service.allow.filter((_rule, at) => !faulty.has(`services.${name}.allow[${at}]`))
        usual.services[name] = { ...service, allow }
      }
    }
  }
}

const exchange = new URLSearchParams({
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
})

async function send(
  { caller }: Stage,
  tokens: Map<string, Promise<string>>,
  at: number,
  { subject, claims, method, target, headers, body }: GeneratedRequest,
): Promise<void> {
  const key = JSON.stringify([subject, claims])
  const signing = tokens.get(key) ?? caller.token({ sub: subject, ...claims })
  tokens.set(key, signing)
  const token = await signing
  const isExchange = headers.length === 0 && target.startsWith('/oauth2/token')
  const content = isExchange ? `${exchange}&subject_token=${token}&${body ?? ''}` : (body ?? '')
  const fields = isExchange
    ? ['content-type', 'application/x-www-form-urlencoded']
    : [...headers, 'authorization', `Bearer ${token}`]
  if (!headers.includes('host')) fields.unshift('host', 'g')
  if (content !== '' || body !== undefined) fields.push('content-length', `${Buffer.byteLength(content)}`)
  fields.push('x-request-id', requestId(at))
  const lines = fields.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${fields[index + 1]}`] : []))
  await caller.send(`${[`${method} ${target} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n${content}`)
}

function requestId(at: number): string {
  return `differential-case-${at}`
}
