import { gzipSync } from 'node:zlib'
import { fieldValues, rawAnswer } from '@countersign/testkit'
import { describe, expect, it } from 'vitest'
import { beginCase } from '../support/global-checks.ts'
import { type HostileRow, hostileTables } from '../support/hostile-table.ts'
import { request } from '../support/request.ts'
import type { Stage } from '../support/stage.ts'

const json = 'Content-Type: application/json'
const order = (body: string, ...fields: readonly string[]) =>
  `${request('POST /u1/orders', ...fields, `Content-Length: ${body.length}`)}${body}`
const inChunks = (body: string, at: number) =>
  [body.slice(0, at), body.slice(at), ''].map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('')

/** Spelt so that whoever writes it anew shows. */
const body = ' {"n":1.0,\t"role":"view\\u0065r" , "\u00c3\u00a4":"\\/"}\r\n'
const expectSameBytes = (stage: Stage, times = 1) =>
  expect(stage.first.requests.map((seen) => seen.body.toString('latin1'))).toEqual(Array(times).fill(body))

const judged: readonly HostileRow[] = [
  {
    name: 'F85a of a known length: what was judged is what is sent',
    send: order(body, json),
    status: 200,
    upstream: 1,
    expect(stage) {
      expectSameBytes(stage)
      const { headers } = stage.first.requests[0] ?? { headers: [] }
      expect(fieldValues(headers, 'content-length')).toEqual([String(body.length)])
      expect(fieldValues(headers, 'content-type')).toEqual(['application/json'])
    },
  },
  {
    name: 'F85a in chunks: what was judged is what is sent',
    send: request('POST /u1/orders', json, 'Transfer-Encoding: chunked') + inChunks(body, 7),
    status: 200,
    upstream: 1,
    expect: (stage) => expectSameBytes(stage),
  },
  {
    name: 'F85a sent again after a 401: what was judged is what is sent',
    send: order(body, json).replace('orders', 'reports'),
    answer: rawAnswer(401, ''),
    status: 502,
    upstream: 2,
    expect: (stage) => expectSameBytes(stage, 2),
  },
]

/** A rule asks that there be no role, which is another's business to give. */
const spelt = [
  ['nothing like it', '{"note":"x","roles":[],"_role":1}', 200],
  ['it in another case', '{"note":"x","Role":"owner"}', 403],
  ['it in another case, escaped', '{"note":"x","\\u0052ole":"owner"}', 403],
  ['it in another case further in', '{"note":"x","user":{"ROLE":"owner"}}', 403],
  ['it in another case in a list', '{"note":"x","users":[{"name":"x"},{"rolE":"owner"}]}', 403],
  ['a letter that folds to one of it', '{"note":"x","r\\u00f6le":1,"\\uff52ole":"owner"}', 403],
  ['what it reads in a list as camels do', '{"note":"x","members":[{"accountId":"43"}]}', 403],
  ['and the spelling that it reads', '{"note":"x","members":[{"account_id":"42"}]}', 200],
  [
    'a list where it asks for members, which it does not look into',
    '{"note":"x","members":[[{"account_id":"43"}]]}',
    403,
  ],
].map(([name, body, status]): HostileRow => {
  return {
    name: `F85a a body with ${name}`,
    send: order(body as string, json),
    status: status as number,
    upstream: status === 200 ? 1 : 0,
  }
})

const viewer = '{"role":"viewer"}'
const gzipped = gzipSync(viewer).toString('latin1')
const refused: readonly HostileRow[] = [
  ['duplicate members', order('{"role":"viewer","role":"owner"}', json), 400],
  ['a member twice, once escaped', order('{"role":"viewer","rol\\u0065":"owner"}', json), 400],
  ['something behind it', order(`${viewer}{}`, json), 400],
  ['a type that is not JSON', order(viewer, 'Content-Type: text/plain'), 400],
  ['a form’s type', order(viewer, 'Content-Type: application/x-www-form-urlencoded'), 400],
  ['no type', order(viewer), 400],
  ['two types', order(viewer, json, 'Content-Type: text/plain'), 400],
  ['charset utf-7', order(viewer, `${json}; charset=utf-7`), 400],
  [
    'charset utf-16',
    order(Buffer.from(viewer, 'utf16le').toString('latin1'), `${json}; charset=utf-16`),
    400,
  ],
  ['a coding', order(gzipped, json, 'Content-Encoding: gzip'), 400],
  ['a byte order mark', order(`\xef\xbb\xbf${viewer}`, json), 400],
  ['bytes that are not UTF-8', order('{"role":"viewer","x":"\xff"}', json), 400],
  ['another role', order('{"role":"owner"}', json), 403],
  ['the role in a list', order('{"role":["viewer"]}', json), 403],
  ['nothing in it', order('', json), 403],
  [
    'more than 256 KiB, and says so',
    request('POST /u1/orders', json, `Content-Length: ${256 * 1024 + 1}`),
    413,
  ],
  [
    'more than 256 KiB, and does not say so',
    request('POST /u1/orders', json, 'Transfer-Encoding: chunked') +
      inChunks(`{"role":"viewer","pad":"${'x'.repeat(256 * 1024)}"}`, 1000),
    413,
  ],
].map(([name, send, status]) => ({
  name: `F85a a body with ${name as string}: refused, and nothing goes upstream`,
  send: send as string,
  status: status as number,
  expect: (stage) => expect([stage.first.requests.length, stage.first.incomplete]).toEqual([0, 0]),
}))

const missing: readonly HostileRow[] = ['POST', 'GET', 'DELETE'].map((method) => ({
  name: `F85a a ${method} without length and coding has no body to read: the rule does not match`,
  send: request(`${method} /judging/x`, json),
  status: 403,
}))

const unlessGiven =
  'has(request.body.note) && !has(request.body.role) && ' +
  '(!has(request.body.members) || request.body.members.all(m, !has(m.account_id) || m.account_id == "42"))'

/** Routes in which literals and variables alternate in every way: what a search could be slow in. */
const depth = 8
const alternating = Array.from({ length: 2 ** depth }, (_, bits) =>
  Array.from({ length: depth }, (_, at) => ((bits >> at) & 1 ? 'a' : `{v${at}}`)).join('/'),
)

const stageOf = hostileTables(
  {
    'bodies that a rule reads': [...judged, ...refused, ...missing],
    'members that some servers take for the one that a rule reads': spelt,
  },
  {
    adapt({ upstreams, services }, { first }) {
      const rule = { upstream: 'u1', operations: ['orders.create', 'reports.run'] }
      Object.assign(services['svc-a'] as object, {
        allow: [
          { ...rule, when: 'request.body.role == "viewer"' },
          { ...rule, when: unlessGiven },
          { upstream: 'judging', operations: ['j.*'], when: 'request.body.role == "viewer"' },
          { upstream: 'patterns', operations: ['p.*'] },
        ],
      })
      upstreams.judging = {
        ...(upstreams.u1 as object),
        operations: Object.fromEntries(
          ['POST', 'GET', 'DELETE'].map((method) => [`j.${method}`, { route: `${method} /x` }]),
        ),
      }
      upstreams.patterns = {
        ...(upstreams.u1 as object),
        url: first.url,
        operations: Object.fromEntries(
          alternating.map((path, at) => [`p.${at}`, { route: `GET /public/${path}/end` }]),
        ),
      }
    },
  },
)

describe('F85 every pattern at once', () => {
  it.each([
    ['as long as a target may be', `/${'a'.repeat(15_000)}`],
    ['of seven thousand segments', '/a'.repeat(7000)],
    ['that fits all patterns but for its end', `${'/a'.repeat(depth)}/en`],
    ['that fits all patterns but for one more segment', `${'/a'.repeat(depth)}/end/x`],
    ['that is all escapes', '/%61'.repeat(3500)],
    ['that is all escapes of escapes', `/${'%25'.repeat(5000)}`],
    ['that is all beginnings of a token', `/${'ey'.repeat(7500)}`],
    ['that is nearly a token', `/${'ey'.repeat(3700)}.${'ey'.repeat(3700)}.`],
    ['whose query is all separators', `/x?${'&;'.repeat(7000)}`],
    ['whose query is all brackets', `/x?${'[]'.repeat(7000)}`],
    ['whose query is all escapes', `/x?${'%5B'.repeat(5000)}`],
    ['whose query is all names', `/x?${'a&'.repeat(7000)}`],
  ])('F85 a path %s is decided in less than 50 ms', async (_name, path) => {
    const stage = stageOf()
    const check = await beginCase(stage)
    const get = request(`GET /patterns/public${path}`)
    const cpuSeconds = async () =>
      Number(/^process_cpu_seconds_total (\S+)/m.exec(await stage.metrics())?.[1])
    const before = await cpuSeconds()
    const methods = Array<string>(50).fill('GET')
    const { responses } = await stage.caller.send(get.repeat(50), { methods })
    const spent = (await cpuSeconds()) - before
    expect(responses).toHaveLength(50)
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([404]))
    expect(spent / 50).toBeLessThan(0.05)
    await check({ responses, authorised: 0 })
  })

  it('F85 a path of 50 KB is longer than a header section may be', async () => {
    const stage = stageOf()
    const check = await beginCase(stage)
    const { responses } = await stage.caller.send(request(`GET /patterns/public/${'a'.repeat(50_000)}`))
    expect(responses.map(({ status }) => status)).toEqual([431])
    await check({ responses, authorised: 0 })
  })
})
