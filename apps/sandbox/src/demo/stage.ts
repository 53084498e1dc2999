import { type Client, createClient, functionIdentity, GatewayError } from '@countersign/client'
import { type CallRow, differences, type ExpectedRow } from './call-row.ts'
import type { RunningGateway } from './running-gateway.ts'
import type { SandboxAddresses } from './sandbox-addresses.ts'
import type { Stage } from './scenario.ts'
import type { Screen } from './screen.ts'

/** What a stage is built from. */
export interface StageParts {
  readonly gateway: RunningGateway
  readonly sandbox: SandboxAddresses
  readonly screen: Screen
  /** Told of every call, and where it was not as expected. */
  readonly onCall: (wrong: readonly string[]) => void
}

/** What the client saw of one call. */
interface Seen {
  readonly service: string
  readonly requestId: string
  readonly ms: number
}

/** Where a scenario's calls are made, one after the other, and each is joined with its line of the record. */
export function createStage(parts: StageParts): Stage {
  const { gateway, sandbox, screen } = parts
  const seen: Seen[] = []
  const step = stepper(parts, seen)
  const strings = `${sandbox.control.url}/${gateway.scenario.upstream}`
  return {
    sandbox,
    addresses: gateway.addresses,
    identity: (subject) => identityOf(subject, sandbox),
    as: (service) => watchedClient({ service, gateway, sandbox, seen }),
    allowed: (expected, call) => step({ ...expected, verdict: 'allow' }, call),
    async refused(operation, call) {
      const expected = { operation, verdict: 'deny', status: 403, reason: 'policy.refused' } as const
      await expectFault(step(expected, call))
    },
    async failed(expected, call) {
      const { problem } = await expectFault(step({ ...expected, verdict: 'allow' }, call))
      screen.note(problem.detail)
    },
    note: screen.note,
    async control(sentence, method, path, body) {
      const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
      const answer = await fetch(strings + path, { method, ...(body !== undefined && json) })
      if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to ${method} ${path}`)
      screen.note(sentence)
    },
    async counts() {
      const counts: unknown = await (await fetch(`${strings}/counts`)).json()
      return new Map(Object.entries(Object(counts)))
    },
    async restart(sentence) {
      await gateway.restart()
      screen.note(sentence)
    },
  }
}

/** Makes one call; when its answer is there, shows every request that it took. */
function stepper({ gateway, screen, onCall }: StageParts, seen: Seen[]) {
  async function show(expected: ExpectedRow): Promise<void> {
    for (const call of seen.splice(0)) {
      const row = await rowOf(call, gateway)
      const wrong = differences(row, expected)
      onCall(wrong)
      screen.row(row, wrong)
    }
  }
  return async function step<T>(expected: ExpectedRow, call: () => Promise<T>): Promise<T> {
    screen.pending(`${expected.operation} …`)
    const [outcome] = await Promise.allSettled([call()])
    await show(expected)
    if (outcome.status === 'rejected') throw outcome.reason
    return outcome.value
  }
}

interface ClientParts {
  readonly service: string
  readonly gateway: RunningGateway
  readonly sandbox: SandboxAddresses
  /** Every request is put in here. */
  readonly seen: Seen[]
}

function watchedClient({ service, gateway, sandbox, seen }: ClientParts): Client {
  return createClient({
    gateway: gateway.addresses().data,
    identity: functionIdentity(() => identityOf(service, sandbox)),
    async fetch(url, init) {
      const start = performance.now()
      const answer = await globalThis.fetch(url, init)
      const ms = Math.round((performance.now() - start) * 10) / 10
      seen.push({ service, requestId: answer.headers.get('x-request-id') ?? 'none', ms })
      return answer
    },
  })
}

/** @throws {Error} when the call went well, or what it threw when that is nothing the gateway said */
async function expectFault(call: Promise<unknown>): Promise<GatewayError> {
  const [outcome] = await Promise.allSettled([call])
  if (outcome.status === 'fulfilled') throw new Error('a call went well that should have been refused')
  if (outcome.reason instanceof GatewayError) return outcome.reason
  throw outcome.reason
}

/** What the sandbox's issuer signs for a service. @throws {Error} when it does not */
export async function identityOf(service: string, { issuer }: SandboxAddresses): Promise<string> {
  const body = new URLSearchParams({ service })
  const answer = await fetch(issuer.tokenEndpoint, { method: 'POST', body })
  if (!answer.ok) throw new Error(`the issuer answered ${answer.status}`)
  const said: unknown = await answer.json()
  if (typeof said === 'object' && said !== null && 'access_token' in said) return String(said.access_token)
  throw new Error('the issuer answered without a token')
}

async function rowOf({ service, requestId, ms }: Seen, gateway: RunningGateway): Promise<CallRow> {
  const line = await gateway.audit.closeOf(requestId)
  return {
    service,
    upstream: line.upstream ?? gateway.scenario.upstream,
    operation: line.operation ?? null,
    verdict: line.verdict,
    status: line.status,
    token: line.token ?? null,
    origin: line.token_source ?? null,
    cached: line.token_source === 'cache',
    ms,
    reason: line.code ?? line.rule ?? '',
    attempts: line.attempts ?? 0,
    scopes: line.scopes?.join(' ') ?? '',
  }
}
