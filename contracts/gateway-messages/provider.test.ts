import { createHmac, randomUUID } from 'node:crypto'
import { fieldValues } from '@countersign/testkit'
import { createRemoteJWKSet } from 'jose'
import { afterAll, beforeAll, test, vi } from 'vitest'
import { type ActualMessage, verifyMessages } from '../support/verify-messages.ts'
import type { AuditMessage, EventMessage } from './messages.ts'
import { receiveDelivery } from './receive-delivery.ts'
import {
  type MessageSurroundings,
  publicIssuer,
  startMessageSurroundings,
  webhookSecret,
} from './surroundings.ts'

let around: MessageSurroundings
beforeAll(async () => {
  around = await startMessageSurroundings()
})
afterAll(() => around[Symbol.asyncDispose]())

/** A user is to be created by somebody. @returns the lines that the gateway writes of it */
async function createUser(subject: string) {
  const { gateway, issuer } = around
  const headers = {
    authorization: `Bearer ${await issuer.sign({ sub: subject })}`,
    'content-type': 'application/json',
  }
  const answer = await fetch(`${gateway.url}/faable/user`, {
    method: 'POST',
    headers,
    body: '{"email":"a@b.example"}',
  })
  await answer.arrayBuffer()
  return linesOf(answer.headers.get('x-request-id'))
}

/** A delivery that the upstream has signed. */
async function deliver(): Promise<string | null> {
  const at = Date.now()
  const body = JSON.stringify({ type: 'user.created', user: { id: 'user_known' } })
  const signature = createHmac('sha256', webhookSecret).update(`${at}.${body}`).digest('hex')
  const headers = {
    'content-type': 'application/json',
    'x-faable-event': 'user.created',
    'x-faable-delivery': randomUUID(),
    'x-faable-timestamp': String(at),
    'x-faable-signature': `sha256=${signature}`,
  }
  const answer = await fetch(`${around.gateway.publicUrl}/hooks/faable`, { method: 'POST', headers, body })
  return answer.headers.get('x-request-id')
}

/** By kind; the last of them is written when the answer has been. */
async function linesOf(requestId: string | null): Promise<(kind: string) => ActualMessage> {
  const own = () => around.gateway.audit().filter(({ request_id }) => request_id === requestId)
  await vi.waitUntil(() => own().some(({ kind }) => kind !== 'open'))
  return (wanted) => {
    const line = own().find(({ kind }) => kind === wanted)
    if (line === undefined) throw new Error(`there is no line of the kind ${wanted}`)
    return { content: line }
  }
}

test('the lines of a real gateway, after real calls, are what their readers rely on', async () => {
  const closed = (subject: string) => async () => (await createUser(subject))('close')
  await verifyMessages<AuditMessage>({
    provider: 'countersign-gateway',
    consumers: ['audit-reader'],
    messages: {
      'a change is about to be made': async () => (await createUser('provisioning'))('open'),
      'a change has been made': closed('provisioning'),
      'a service was refused a call': closed('marketing'),
      'a stranger was refused': closed('stranger'),
      'a token endpoint refused the gateway': () => around.whileRefused(closed('unlucky')),
      'a delivery has been handed on': async () => (await linesOf(await deliver()))('webhook'),
    },
  })
})

test('what the gateway hands on of a delivery can be verified by the service that it is for', async () => {
  await verifyMessages<EventMessage>({
    provider: 'countersign-gateway',
    consumers: ['events'],
    messages: {
      async 'an upstream tells of a new user'() {
        around.receiver.forget()
        await deliver()
        const [received] = around.receiver.requests
        const field = (name: string) => fieldValues(received?.headers ?? [], name)[0] ?? ''
        const keys = createRemoteJWKSet(new URL(`${around.gateway.publicUrl}/.well-known/jwks.json`))
        const delivery = { authorization: field('authorization'), body: received?.body ?? new Uint8Array() }
        const content = await receiveDelivery(delivery, publicIssuer, keys)
        return { content, metadata: { 'content-type': field('content-type') } }
      },
    },
  })
})
