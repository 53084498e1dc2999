import { describe, expect, it } from 'vitest'
import { policyConfig } from '../../test/support/policy-config.ts'
import { DocumentError } from './document-error.ts'
import { importOpenapi } from './import-openapi.ts'
import { type ImportState, parseImportStates, renderImportStates } from './import-state.ts'
import { writeUpstream } from './write-upstream.ts'

const head = `openapi: 3.0.0
servers: [{ url: https://a.example }]
components: { securitySchemes: { o: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://a.example/t } } } } }
paths:
`
const users = '  /users: { get: { operationId: listUsers, tags: [Users], security: [{ o: [read] }] } }\n'
const user = `  /users/{id}:
    get: { operationId: getUser, tags: [Users], security: [{ o: [read] }] }
    delete: { operationId: deleteUser, tags: [Users], security: [{ o: [write] }] }
`

/** Imports as the command does: what is remembered goes through its file. */
function run(document: string, text = '', last?: ImportState) {
  const written = writeUpstream(text, 'vendor', importOpenapi(document), last)
  const state = parseImportStates(renderImportStates({ vendor: written.state })).vendor
  return { ...written, state }
}

const first = run(head + users + user)

describe('an import into a file', () => {
  it('writes an upstream that people would write', () => {
    expect(first.text).toBe(`upstreams:
  vendor:
    url: https://a.example
    token:
      endpoint: https://a.example/t
    credential:
      client_id: \${env:VENDOR_CLIENT_ID}
      client_secret: \${env:VENDOR_CLIENT_SECRET}
    operations:
      users.delete: { route: "DELETE /users/{id}", scopes: [ write ], destructive: true }
      users.get: { route: "GET /users/{id}", scopes: [ read ] }
      users.list: { route: "GET /users", scopes: [ read ] }
`)
  })

  it('loads as configuration', () => {
    const rest =
      'gateway: { audience: https://g.internal, listen: "127.0.0.1:0", audit: { file: ./a } }\nissuers: { i: { kind: jwt, issuer: https://i.example } }\nservices: { s: { identities: [{ issuer: i, subject: s }], allow: [{ upstream: vendor, operations: [users.*] }] } }\n'
    expect(policyConfig(rest + first.text).upstreams.get('vendor')?.operations).toHaveLength(3)
  })

  it('changes nothing the second time', () => {
    const second = run(head + users + user, first.text, first.state)
    expect(second.text).toBe(first.text)
    expect(second.state).toEqual(first.state)
    expect(second.report).toMatchObject({ added: [], updated: [], kept: [], gone: [], leftOut: [] })
  })

  it('follows the document where nobody changed anything', () => {
    const changed = (head + users + user)
      .replace('[write]', '[write, admin]')
      .replaceAll('{id}', '{user}')
      .replace('a.example }', 'b.example }')
    const { text, report } = run(changed, first.text, first.state)
    expect(text).toContain(
      'users.delete: { route: "DELETE /users/{user}", scopes: [ admin, write ], destructive: true }',
    )
    expect(text).toContain('url: https://b.example')
    expect(report.updated).toEqual(['users.delete', 'users.get'])
  })

  it('keeps comments, names, scopes, replay and whatever else was changed by hand, key by key', () => {
    const byHand = first.text
      .replace(
        '      users.get: { route: "GET /users/{id}", scopes: [ read ] }',
        '      # the one we call\n      people.get: { route: "GET /users/{id}", scopes: [ narrow ], replay: never }',
      )
      .replace(', destructive: true', ', destructive: false')
      .replace('https://a.example\n', 'https://proxy.example # ours\n')
      .concat('services: {} # below\n')
    const changed = (head + users + user)
      .replaceAll('[read]', '[read, more]')
      .replace('[write]', '[erase]')
      .replace('a.example }', 'b.example }')
    const { text, report, state } = run(changed, byHand, first.state)
    expect(text).toContain(
      '      # the one we call\n      people.get: { route: "GET /users/{id}", scopes: [ narrow ], replay: never }',
    )
    expect(text).toContain(
      'users.delete: { route: "DELETE /users/{id}", scopes: [ erase ], destructive: false }',
    )
    expect(text).toContain('users.list: { route: "GET /users", scopes: [ more, read ] }')
    expect(text).toContain('url: https://proxy.example # ours')
    expect(text).toContain('services: {} # below')
    expect(text).not.toContain('users.get')
    expect(report).toMatchObject({
      added: [],
      updated: ['users.delete', 'users.list'],
      kept: ['users.delete', 'people.get'],
    })
    expect(run(changed, text, state)).toMatchObject({ text, state })
  })

  it('leaves a route that was changed by hand, and does not add it a second time', () => {
    const byHand = first.text.replace('"GET /users"', '"GET /v2/users"')
    const { text, report } = run(head + users + user, byHand, first.state)
    expect(text).toBe(byHand)
    expect(report).toMatchObject({ added: [], kept: ['users.list'] })
  })

  it('does not bring back what somebody took out', () => {
    const byHand = first.text.replace(/ +users\.delete.*\n/, '')
    const { text, report, state } = run(head + users + user, byHand, first.state)
    expect(text).toBe(byHand)
    expect(report.leftOut).toEqual(['DELETE /users/{id}'])
    expect(run(head + users + user, text, state).text).toBe(byHand)
  })

  it('reports what the document no longer has, every time, and leaves it', () => {
    const { text, report, state } = run(head + users, first.text, first.state)
    expect(text).toBe(first.text)
    expect(report.gone).toEqual(['users.delete', 'users.get'])
    const again = run(head + users, text.replace(/ +users\.get.*\n/, ''), state)
    expect(again.report.gone).toEqual(['users.delete'])
  })

  it('adds what is new beside what is there, under a name that is free', () => {
    const more = '  /groups/{id}: { get: { operationId: getUser, tags: [Users] } }\n'
    const { text, report } = run(head + users + more, run(head + user).text, run(head + user).state)
    expect(report.added).toEqual(['users.get-2', 'users.list'])
    expect(text).toContain('users.get-2: { route: "GET /groups/{id}" }')
  })

  it('takes nothing that it did not write for its own', () => {
    const byHand =
      'upstreams:\n  vendor:\n    operations:\n      mine: { route: "GET /users/{name}", scopes: [mine] }\n      other: { route: "GET /{thing}/all" }\n'
    const crossing = `${head}${user}  /users/{id}/x: { get: {} }\n`.replace('/users/{id}/x', '/users/{id}')
    const { text, report } = run(crossing.split('  /users/{id}: { get')[0] ?? '', byHand)
    expect(text).toContain('mine: { route: "GET /users/{name}", scopes: [ mine ] }')
    expect(report.kept).toEqual(['mine'])
    expect(report.refused).toEqual([])
  })

  it('leaves to a preset what is the preset’s', () => {
    const byHand = 'upstreams:\n  vendor: { preset: inbox-manager }\n'
    const document = `${head}  /api/accounts/{id}: { get: {} }\n  /api/other: { get: {} }\n`
    const { text, report } = run(document, byHand)
    expect(report.refused[0]?.reason).toBe('it overlaps with accounts.get, which is there already')
    expect(report.added).toEqual(['other.list'])
    expect(text).not.toContain('a.example')
  })

  it.each([
    'upstreams: [a]',
    'upstreams: { vendor: x }',
    '- a',
    'a: [',
    'upstreams: { vendor: { operations: 1 } }',
  ])('refuses %j', (text) => {
    expect(() => run(head + users, text)).toThrow(DocumentError)
  })

  it('refuses a damaged record of the last import', () => {
    expect(() => parseImportStates('{"upstreams": {"a": 1}}')).toThrow(DocumentError)
  })
})
