import type { RawResponse } from '@countersign/testkit'
import { describe, expect, it } from 'vitest'
import { beginCase } from '../support/global-checks.ts'
import { type HostileRow, hostileTables } from '../support/hostile-table.ts'
import { bare, request } from '../support/request.ts'

const refused = [400, 403, 404]

function refuses(number: number, targets: readonly string[], status: number | readonly number[] = refused) {
  return targets.map(
    (target): HostileRow => ({
      name: `F${number} ${JSON.stringify(target)}`,
      send: request(`GET ${target}`),
      status,
    }),
  )
}

const traversal = [
  ...refuses(
    70,
    [
      '/u1/public/../admin',
      '/u1/public/./../admin',
      '/u1/public//../admin',
      '/u1/../u1/admin',
      '/../u1/admin',
      '/u1/public/x/..',
      '/u1/public/.',
    ],
    400,
  ),
  ...refuses(
    71,
    [
      '/u1/public/%2e%2e/admin',
      '/u1/public/.%2e/admin',
      '/u1/public/%2E%2e/admin',
      '/u1/public/..%2fadmin',
      '/u1/public/..%5cadmin',
      '/u1/public/\\..\\admin',
      '/u1/public%2f..%2fadmin',
      '/u1/%2fadmin',
      '/u1%2fadmin',
      '/u1/public/%2e',
    ],
    400,
  ),
  ...refuses(
    72,
    [
      '/u1/public/%252e%252e%252fadmin',
      '/u1/public/%c0%ae%c0%ae',
      '/u1/public/%e0%80%ae',
      '/u1/public/%u002e%u002e',
      '/u1/public/%EF%BC%8E%EF%BC%8E',
      '/u1/public/%E3%80%82%E3%80%82',
      '/u1/public/\xe2\x9c\x93',
      '/u1/public/\xff',
      '/u1/public/%ff',
      '/u1/public/%E2%80%A5',
      '/u1/public/a%EF%BC%8Fb',
    ],
    400,
  ),
  ...refuses(
    73,
    [
      '/u1/public;/../admin',
      '/u1/public/..;/admin',
      '/u1/admin;x',
      '/u1/public;jsessionid=1/../admin',
      '/u1/public/x;y',
    ],
    400,
  ),
  ...refuses(
    74,
    [
      '/u1/public%00/admin',
      '/u1/public/x%00',
      '/u1/public/%0a',
      '/u1/public/%0d%0aX:%20y',
      '/u1/public/%09',
      '/u1/public/%20x',
      '/u1/public/x%20',
      '/u1/public/%zz',
      '/u1/public/%',
      '/u1/public/x%2',
      '/u1/public/%7f',
      '/u1/public/%c2%85',
    ],
    400,
  ),
  ...refuses(
    75,
    [
      '//admin',
      '//evil.test/u1/public/x',
      '///u1/public/x',
      '/u1//public/x',
      '/u1/public//x',
      '\\\\evil',
      '/\\evil/x',
    ],
    400,
  ),
  ...refuses(
    76,
    [
      'http://evil.test/u1/public/x',
      'http://evil.test/u1/admin',
      'https://g/u1/public/x',
      'http://u:p@g/u1/public/x',
      'http:/u1/public/x',
      '*',
      'u1/public/x',
      'http://[/u1/public/x',
      'http:',
      'evil.test:80',
      'javascript:x',
      '?x',
      'http://g:99999/u1/public/x',
    ],
    400,
  ),
  ...refuses(77, ['/u1/public/x#/../admin', '/u1/admin#/public', '/u1/public/x?a#b'], 400),
]

const spellings = [
  ...refuses(78, [
    '/u1/Admin',
    '/u1/ADMIN/',
    '/u1/admin/',
    '/u1/admin.json',
    '/u1/admin.',
    '/u1/Public/x',
    '/U1/public/x',
    '/u1/public/x/',
    '/u1/list',
    '/u1/orders/',
  ]),
  ...refuses(78, ['/u1/admin', '/u1/admin/secret', '/u1/%61dmin', '/u1/admi%6e'], 403),
  // Beside `/public/{name}`, which is allowed: what routes without regard to case would take the second for the first.
  ...refuses(78, ['/u1/public/export'], 403),
  ...refuses(78, ['/u1/public/Export', '/u1/public/EXPORT?x', '/u1/public/%45xport'], 400),
  ...refuses(
    79,
    [
      '/u1/publicx',
      '/u1/public-evil',
      '/u1/public../admin',
      '/u1../admin',
      '/u1x/public/x',
      '/u1public/x',
      '/%751/public/x',
    ],
    [400, 404],
  ),
  ...refuses(
    84,
    [
      '/nobody/public/x',
      '/',
      '/u1',
      '/u1/',
      '/u2/public/x',
      '/hooks/u1',
      '/connect/u1',
      '/.well-known/x',
      '/metrics',
      '/readyz',
    ],
    refused,
  ),
  ...refuses(84, ['/oauth2/token'], [405]),
]

const queries: readonly HostileRow[] = [
  ['/public/x?/../admin', '/public/x?/../admin'],
  ['/public/x??x', '/public/x??x'],
  ['/public/x?path=/admin', '/public/x?path=/admin'],
  ['/public/x?a=%2e%2e&b=%zz', '/public/x?a=%2e%2e&b=%zz'],
  ['/public/x?', '/public/x?'],
].map(([target, upstream]) => ({
  name: `F80 ${target}: the query is the upstream’s, byte for byte`,
  send: request(`GET /u1${target}`),
  status: 200,
  upstream: 1,
  expect: (stage) => expect(stage.first.requests[0]?.target).toBe(upstream),
}))

const stillWork: readonly HostileRow[] = [
  '/api/v2/users/auth0%7C123',
  '/repos/o/r/contents/a%20b.txt',
  '/x?q=a%2Fb%26c&q=2',
  '/v1/..foo',
  '/v1/...',
  '/.well-known/x',
  '/symbols/%E2%9C%93',
  '/list/',
  '/public/a+b',
  "/public/a,b:c@d=e!f$g&h'(i)*~_-.",
  '/public/%25',
].map((target) => ({
  name: `F81 ${target} arrives byte for byte`,
  send: request(`GET /u1${target}`),
  status: 200,
  upstream: 1,
  expect: (stage) => expect(stage.first.requests[0]?.target).toBe(target),
}))

const methods: readonly HostileRow[] = [
  { name: 'F83 HEAD on a route for GET', send: request('HEAD /u1/public/x'), status: 200, upstream: 1 },
  {
    name: 'F83 OPTIONS is no way around',
    send: bare('OPTIONS /u1/public/x', 'Origin: https://evil.test', 'Access-Control-Request-Method: DELETE'),
    status: 401,
  },
  ...['OPTIONS', 'PUT', 'PATCH', 'PROPFIND', 'QUERY', 'PURGE', 'TRACE'].map(
    (method): HostileRow => ({
      name: `F83 ${method} on a route for GET and DELETE`,
      send: request(`${method} /u1/public/x`),
      status: 405,
      expect: (_stage, text) => expect(text).toMatch(/\r\nallow: DELETE, GET\r\n/i),
    }),
  ),
  { name: 'F83 DELETE exists there and is not allowed', send: request('DELETE /u1/public/x'), status: 403 },
  {
    name: 'F83 CONNECT is answered and closed',
    send: request('CONNECT evil.test:443'),
    status: 501,
    closes: true,
  },
  {
    name: 'F83 CONNECT with a path',
    send: request('CONNECT /u1/public/x'),
    status: [400, 501],
    closes: true,
  },
  { name: 'F83 OPTIONS *', send: request('OPTIONS *'), status: 400 },
]

const strangers: readonly HostileRow[] = [
  {
    name: 'F84 a service without a rule for this upstream',
    send: request('GET /u1/public/x').replace('$J', '$K'),
    status: 403,
  },
  { name: 'F84 no credential at all', send: bare('GET /u1/public/x'), status: 401 },
]

const stageOf = hostileTables(
  { traversal, spellings, queries, 'paths that clients need': stillWork, methods, strangers },
  {
    adapt({ upstreams: { u1 } }) {
      const { operations } = u1 as { operations: Record<string, object> }
      operations['admin.export'] = { route: 'GET /public/export', scopes: ['admin'] }
    },
  },
)

describe('a thousand variants aimed at /admin/secret', () => {
  it('F82 none of them arrives anywhere but below /public', async () => {
    const stage = stageOf()
    const check = await beginCase(stage)
    const responses: RawResponse[] = []
    for (let at = 0; at < variants().length; at += 100) {
      const some = variants().slice(at, at + 100)
      const exchanges = await Promise.all(some.map((target) => stage.caller.send(request(`GET ${target}`))))
      responses.push(...exchanges.flatMap((exchange) => exchange.responses))
    }
    expect(responses).toHaveLength(variants().length)
    const good = responses.filter(({ status }) => status < 400)
    for (const { target } of stage.first.requests) {
      for (const read of readings(target)) expect(read).toMatch(/^\/public\//)
    }
    await check({ responses, authorised: good.length })
  })
})

/** Ways up, separators and detours, in every combination of a few levels. */
function variants(): string[] {
  const ups = [
    '..',
    '%2e%2e',
    '.%2E',
    '..;',
    '%252e%252e',
    '..%00',
    '%c0%ae%c0%ae',
    '%EF%BC%8E%EF%BC%8E',
    '...',
    '.. ',
  ]
  const separators = ['/', '//', '%2f', '%5c', '\\', '/./', '/%2e/', ';/', '%252f', '%u2215']
  const begins = ['/u1/public', '/u1/public/x', '/u1/public/x?', '/u1/public/x#', '/u1', '/u1/public;a=b']
  const ends = ['admin/secret', 'admin%2fsecret']
  return begins.flatMap((begin) =>
    separators.flatMap((separator) =>
      ups.flatMap((up) => ends.map((end) => `${begin}${separator}${up}${separator}${end}`)),
    ),
  )
}

/** What servers of different schools take a target for. */
function readings(target: string): string[] {
  const path = target.split('?', 1)[0] ?? ''
  const decoded = [path, unescaped(path), unescaped(unescaped(path))]
  return decoded.map(
    (text) => new URL(text.replaceAll('\\', '/').replaceAll(/;[^/]*/g, ''), 'http://u').pathname,
  )
}

function unescaped(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
