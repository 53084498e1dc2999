import { aurinkoOperations } from '@countersign/testkit'
import { describe, expect, it } from 'vitest'
import { aurinko } from './aurinko.ts'

const shapeOf = (method: string, path: string) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`
const named = (name: string) => aurinko.operations.find((operation) => operation.name === name)

it("lists only what the vendor's document describes, with that method", () => {
  const described = new Set(aurinkoOperations.map(({ method, path }) => shapeOf(method, path)))
  const unknown = aurinko.operations.filter(
    ({ method, template }) => !described.has(shapeOf(method, template)),
  )
  expect(unknown).toEqual([])
})

it('shows the application itself below /v1/am/, and the account everywhere else', () => {
  for (const { name, template, credential } of aurinko.operations) {
    const expected = template.startsWith('/v1/am/') ? 'application' : undefined
    expect({ name, credential }).toEqual({ name, credential: expected })
  }
  expect(Object.keys(aurinko.credentials ?? {})[0]).toBe('account')
  expect(aurinko.credentials).toMatchObject({
    account: { authorization: 'bearer' },
    application: { authorization: 'basic' },
  })
})

it('offers nothing that answers with a client secret or with the token that the gateway keeps', () => {
  const shapes = aurinko.operations.map(({ method, template }) => shapeOf(method, template))
  for (const refused of [
    'GET /v1/am/application',
    'GET /v1/am/oauth_regs',
    'POST /v1/am/svc_accounts',
    'POST /v1/auth/token/{}',
    'GET /v1/auth/token/{}',
  ]) {
    expect(shapes).not.toContain(refused)
  }
})

describe('the consent', () => {
  it('asks for a code with the plural `scopes`, and takes no other status than success', () => {
    expect(aurinko.token).toMatchObject({
      grantType: 'consent',
      consent: {
        authorize: '{url}/v1/auth/authorizeDaemon',
        parameters: { scopes: 'scopes', fixed: { responseType: 'code' } },
        exchange: '{url}/v1/auth/token/{code}',
        answer: { token: 'accessToken', accountId: 'accountId' },
        returned: { status: 'status', success: 'success' },
        dead: ['token.dead'],
      },
    })
  })

  it('is described in addresses that the document knows', () => {
    const { authorize = '', exchange = '' } = aurinko.token.consent ?? {}
    const described = aurinkoOperations.map(({ method, path }) => shapeOf(method, path))
    expect(described).toContain(shapeOf('GET', authorize.replace('{url}', '')))
    expect(described).toContain(shapeOf('POST', exchange.replace('{url}', '')))
  })
})

it('names the scopes of the data that an operation touches, and none for what no scope rules', () => {
  expect(named('messages.send')?.scopes).toEqual(['Mail.Send'])
  expect(named('events.list')?.scopes).toEqual(['Calendar.Read'])
  expect(named('contacts.update')?.scopes).toEqual(['Contacts.ReadWrite'])
  expect(named('account.get')?.scopes).toEqual([])
  for (const { name, credential, scopes } of aurinko.operations) {
    if (credential === 'application') expect({ name, scopes }).toEqual({ name, scopes: [] })
  }
})
