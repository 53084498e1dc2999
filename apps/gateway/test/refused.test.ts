import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { beginCase } from './support/global-checks.ts'
import { type HostileRow, hostileTables } from './support/hostile-table.ts'
import { bare, request } from './support/request.ts'

/** A problem with these members, and nothing about what the policy says of others. */
function tells(members: object): NonNullable<HostileRow['expect']> {
  return (_stage, text) => {
    const problem = JSON.parse(text.slice(text.indexOf('\r\n\r\n')))
    expect(problem).toMatchObject(members)
    expect(text).not.toMatch(/svc-b|allow\[|scope|read:public/)
  }
}

const stageOf = hostileTables({
  'by status': [
    {
      name: '401 without a credential',
      send: bare('GET /u1/public/x'),
      status: 401,
      expect: tells({ code: 'identity.missing', owner: 'caller' }),
    },
    {
      name: '403 for an operation that no rule allows: named, and nothing else',
      send: request('GET /u1/admin/secret'),
      status: 403,
      expect: tells({ code: 'policy.refused', detail: 'The service svc-a may not call u1 admin.secret.' }),
    },
    {
      name: '404 for an upstream that is not there',
      send: request('GET /u9/public/x'),
      status: 404,
      expect: tells({ code: 'route.unknown', owner: 'caller' }),
    },
    {
      name: '404 for a path that is no operation',
      send: request('GET /u1/nothing'),
      status: 404,
      expect: tells({ code: 'route.unknown' }),
    },
    {
      name: '405 for a method that the path does not offer',
      send: request('PUT /u1/orders'),
      status: 405,
      expect: tells({ code: 'route.method' }),
    },
    {
      name: '400 for a path with two readings',
      send: request('GET /u1/public/%2e%2e'),
      status: 400,
      expect: tells({ code: 'request.malformed' }),
    },
    {
      name: '413 for a body over the limit',
      send: request('POST /u1/orders', 'Content-Length: 10485761'),
      status: 413,
      closes: true,
    },
    {
      name: '417 for an expectation nobody knows',
      send: request('GET /u1/public/x', 'Expect: more'),
      status: 417,
    },
  ],
})

describe('what a stranger learns', () => {
  it('nothing of what exists: the same answer for an upstream, an operation, and what is neither', async () => {
    const stage = stageOf()
    const check = await beginCase(stage)
    const stranger = await stage.caller.token({ sub: 'stranger' })
    const targets = ['/u1/public/x', '/u1/nothing', '/u9/x']
    const exchanges = await Promise.all(
      targets.map((target) => stage.caller.send(request(`GET ${target}`).replace('$J', stranger))),
    )
    const responses = exchanges.flatMap((exchange) => exchange.responses)
    expect(responses.map(({ status }) => status)).toEqual([403, 403, 403])
    const told = responses.map(({ text }) => ({ ...JSON.parse(text), request_id: '', detail: '' }))
    expect(new Set(told.map((problem) => JSON.stringify(problem))).size).toBe(1)
    await check({ responses, authorised: 0 })
  })

  it('K108 what a caller writes never looks like something else in the record', async () => {
    const stage = stageOf()
    const check = await beginCase(stage)
    const evil = 'a\r\n{"kind":"close"}\u001b[2J\u2028\u009b31m\u202e"'
    const token = await stage.caller.token({ sub: evil })
    const named = await stage.caller.send(request('GET /u1/public/x').replace('$J', token))
    const path = await stage.caller.send(request('GET /u1/public/\x9b31m\x85'))
    const agent = await stage.caller.send(
      request('GET /u1/public/x', 'User-Agent: \x1b[2J', 'Traceparent: x\x9b'),
    )
    const record = readFileSync(`${stage.folder}/audit.jsonl`, 'utf8')
    const acted = /[\p{Cc}\u2028\u2029\u202e]/u
    for (const line of (record + stage.gateway.stderr()).split('\n')) expect(line).not.toMatch(acted)
    const responses = [named, path, agent].flatMap((exchange) => exchange.responses)
    expect(responses.map(({ status }) => status)).toEqual([
      expect.toBeOneOf([401, 403]),
      400,
      expect.toBeOneOf([200, 400]),
    ])
    await check({ responses, authorised: 1 })
  })
})
