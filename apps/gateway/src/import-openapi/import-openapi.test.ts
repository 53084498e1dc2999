import { presets } from '@countersign/auth-core'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../config/load.ts'
import { DocumentError } from './document-error.ts'
import { importOpenapi } from './import-openapi.ts'
import { writeUpstream } from './write-upstream.ts'

const everything = `
openapi: 3.1.0
info: { title: Everything, version: '1' }
servers:
  - url: http://plain.example
  - url: https://{region}.api.example/{version}/
    variables: { region: { default: eu, enum: [eu, us] }, version: { default: v2 } }
security: [{ login: [read] }]
components:
  securitySchemes:
    login: { $ref: '#/components/x-schemes/login' }
    key: { type: apiKey, in: header, name: x-key }
  x-schemes:
    login:
      type: oauth2
      flows:
        clientCredentials: { tokenUrl: https://auth.example/token, scopes: {} }
  parameters:
    account: { name: account-id, in: path, required: true, schema: { type: string } }
    color: { name: color, in: path, required: true, style: matrix }
  pathItems:
    shared:
      get: { operationId: getReport, tags: [Reports] }
paths:
  x-internal: {}
  /accounts:
    get: { operationId: listAccounts, tags: [Accounts, Other] }
    post: { operationId: createAccount, tags: [Accounts], security: [{ key: [admin] }, { login: [write, read, write] }] }
  /accounts/{account-id}:
    parameters: [{ $ref: '#/components/parameters/account' }]
    get: { operationId: getAccountById, tags: [Accounts] }
    head: { tags: [Accounts] }
    delete: { operationId: deleteAccount, tags: [Accounts], security: [] }
  /accounts/{account-id}/members/{member.id}:
    put: { tags: [Accounts] }
  /accounts/{account-id}/suspend:
    post: { operationId: suspend, tags: [Accounts], security: [{ key: [admin] }] }
  /health: { get: {} }
  /reports/{id}: { $ref: '#/components/pathItems/shared' }
  /old/{id}:
    servers: [{ url: /v1 }]
    get: { operationId: getOld }
  /elsewhere:
    servers: [{ url: https://files.example }]
    get: {}
  /files/{name}.json: { get: {} }
  /colors/{color}:
    parameters: [{ $ref: '#/components/parameters/color' }]
    get: {}
  /accounts/me/{thing}: { get: {} }
  /accounts/{id}/members: { get: {}, trace: {} }
  /far: { $ref: 'https://far.example/api.yaml#/paths/~1far' }
  /missing: { $ref: '#/components/pathItems/missing' }
  /circle: { $ref: '#/paths/~1circle' }
  /a b: { get: {} }
`

describe('an OpenAPI document', () => {
  const imported = importOpenapi(everything)

  it('becomes named operations with routes, scopes and what is destructive', () => {
    expect(imported.operations).toEqual([
      { name: 'accounts.create', route: 'POST /v2/accounts', scopes: ['read', 'write'] },
      { name: 'accounts.delete', route: 'DELETE /v2/accounts/{account_id}', destructive: true },
      { name: 'accounts.get', route: 'GET /v2/accounts/{account_id}', scopes: ['read'] },
      { name: 'accounts.head', route: 'HEAD /v2/accounts/{account_id}', scopes: ['read'] },
      { name: 'accounts.list', route: 'GET /v2/accounts', scopes: ['read'] },
      { name: 'accounts.me.get', route: 'GET /v2/accounts/me/{thing}', scopes: ['read'] },
      { name: 'accounts.members.list', route: 'GET /v2/accounts/{id}/members', scopes: ['read'] },
      {
        name: 'accounts.members.replace',
        route: 'PUT /v2/accounts/{account_id}/members/{member_id}',
        scopes: ['read'],
      },
      { name: 'accounts.suspend', route: 'POST /v2/accounts/{account_id}/suspend' },
      { name: 'health.list', route: 'GET /v2/health', scopes: ['read'] },
      { name: 'old.get', route: 'GET /v1/old/{id}', scopes: ['read'] },
      { name: 'reports.get', route: 'GET /v2/reports/{id}', scopes: ['read'] },
    ])
  })

  it('takes the first server that can be trusted, with its variables filled in', () => {
    expect(imported).toMatchObject({
      url: 'https://eu.api.example',
      tokenEndpoint: 'https://auth.example/token',
    })
    expect(imported.notes).toEqual([])
  })

  it('reports every route that cannot be expressed, with the reason', () => {
    expect(Object.fromEntries(imported.refused.map(({ route, reason }) => [route, reason]))).toEqual({
      'GET /elsewhere':
        'it is served by https://files.example: import it as an upstream of its own, with --url',
      'GET /v2/files/{name}.json': expect.stringContaining('a variable that is not a whole segment'),
      'GET /colors/{color}': '{color} is written in the style matrix',
      'TRACE /v2/accounts/{id}/members': expect.stringContaining('TRACE is not a method'),
      '* /far': expect.stringContaining('another document (https://far.example/api.yaml#/paths/~1far)'),
      '* /missing': 'its reference #/components/pathItems/missing leads nowhere',
      '* /circle': 'its reference leads in a circle',
      'GET /v2/a b': expect.stringContaining('not a route'),
    })
  })

  it('loses nothing: each operation is imported or refused', () => {
    expect(imported.operations.length + imported.refused.length).toBe(20)
  })

  it('is read from JSON as from YAML', () => {
    const json = '{"openapi":"3.0.3","paths":{"/a":{"get":{"operationId":"listA"}}}}'
    expect(importOpenapi(json).operations).toEqual([{ name: 'a.list', route: 'GET /a' }])
  })

  it('keeps the base path out of routes when all share it', () => {
    const text =
      'openapi: 3.0.0\nservers: [{ url: https://a.example/v1/ }]\npaths: { /b: { get: {} }, /c: { get: {} } }'
    expect(importOpenapi(text)).toMatchObject({
      url: 'https://a.example/v1',
      operations: [{ route: 'GET /b' }, { route: 'GET /c' }],
    })
    expect(importOpenapi(text, 'https://b.example/v9')).toMatchObject({ url: 'https://b.example/v9' })
  })

  it('without an address says that one is needed, and keeps the base path in its routes', () => {
    const relative = importOpenapi('openapi: 3.0.0\nservers: [{ url: /v1 }]\npaths: { /b: { get: {} } }')
    expect(relative).toMatchObject({ url: undefined, operations: [{ route: 'GET /v1/b' }] })
    expect(relative.notes).toContain('the document names no address: say url')
    const plain = importOpenapi('openapi: 3.0.0\nservers: [{ url: "http://a.example" }]\npaths: {}')
    expect(plain.notes[0]).toMatch(/plain http: to another machine/)
  })

  it.each([
    ['Swagger 2.0', 'swagger: "2.0"\npaths: {}', /Swagger 2\.0/],
    ['another version', 'openapi: 4.0.0\npaths: {}', /3\.0\.x/],
    ['no paths', 'openapi: 3.1.0', /paths/],
    ['a list', '[]', /no object/],
    ['nothing', '', /no object/],
    ['neither JSON nor YAML', '{"openapi": ', /neither JSON nor YAML/],
    [
      'a bomb of aliases',
      `a: &a [${'1,'.repeat(9)}]\n${'bcdefghi'.replace(/./g, (c) => `${c}: &${c} [${`*${String.fromCharCode(c.charCodeAt(0) - 1)},`.repeat(9)}]\n`)}`,
      /neither JSON nor YAML/,
    ],
  ])('that is %s is refused', (_what, text, message) => {
    expect(() => importOpenapi(text)).toThrow(DocumentError)
    expect(() => importOpenapi(text)).toThrow(message)
  })
})

it('gives away nothing of the gateway: what looks like a reference in a document is text', () => {
  const secret = `\${env:SECRET}`
  const document = {
    openapi: '3.1.0',
    servers: [{ url: `https://api.example/${secret}` }],
    components: {
      securitySchemes: {
        login: {
          type: 'oauth2',
          flows: { clientCredentials: { tokenUrl: `https://auth.example/${secret}/token`, scopes: {} } },
        },
      },
    },
    paths: {
      '/things': { get: { operationId: secret, tags: [secret], security: [{ login: [`read:${secret}`] }] } },
      [`/${secret}`]: { get: {} },
    },
  }
  const imported = importOpenapi(JSON.stringify(document))
  const { text } = writeUpstream(
    'gateway: { audience: gw, listen: "127.0.0.1:1" }',
    'vendor',
    imported,
    undefined,
  )
  const env = { SECRET: 's3cret', VENDOR_CLIENT_ID: 'id', VENDOR_CLIENT_SECRET: 'own' }
  const { upstreams } = loadConfig('vendor.yaml', { env, presets, texts: new Map([['vendor.yaml', text]]) })
  const { url, token, operations } = upstreams.get('vendor') ?? {}
  expect(operations?.map(({ scopes }) => scopes)).toEqual([[`read:${secret}`]])
  expect(JSON.stringify([url, token, operations])).not.toContain('s3cret')
})
