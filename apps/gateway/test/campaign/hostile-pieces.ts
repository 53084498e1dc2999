import { smuggled } from '../support/request.ts'

// What the generator puts requests together from. `$J` and its like stand for credentials, see campaign-tokens.ts.

export const methods: readonly string[] = [
  ...['GET', 'GET', 'GET', 'GET', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'],
  ...['TRACE', 'PROPFIND', 'QUERY', 'PURGE'],
]

export const paths: readonly string[] = [
  ...[
    '/u1/public/x',
    '/u1/public/y?a=1',
    '/u1/things/1',
    '/u1/things/2',
    '/u1/orders',
    '/u1/cold/1',
    '/u1/list/',
  ],
  ...['/u1/public/x', '/u1/public/x', '/u2/public/x', '/u1/orders', '/u1/things/1', '/u1/reports', '/u1/x'],
  ...['/u1/admin', '/u1/admin/secret', '/u1/', '/u1', '/', '/nobody/x', '/metrics', '/oauth2/token'],
  ...['/u1/v1/..foo', '/u1/list/', '/u1/symbols/%E2%9C%93', '/u1/repos/o/r/contents/a%20b.txt'],
]

/** What `svc-a` may do: every check must hold as well where something goes through. */
export const allowed: readonly (readonly [method: string, target: string])[] = [
  ...(['GET', 'HEAD'] as const).map((method) => [method, '/u1/public/x?a=%2F'] as const),
  ...(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const).map(
    (method) => [method, '/u1/things/1'] as const,
  ),
  ['POST', '/u1/orders'],
  ['GET', '/u1/symbols/%E2%9C%93?/../admin'],
]

/** Put anywhere into a target. */
export const targetPieces: readonly string[] = [
  ...[
    '/../',
    '/./',
    '//',
    '/..',
    '%2e%2e',
    '.%2e',
    '..%2f',
    '%2f',
    '%5c',
    '\\',
    '..\\',
    ';',
    ';x=1',
    '/..;/',
  ],
  ...['%252e', '%c0%ae', '%e0%80%ae', '%u002e', '%EF%BC%8E', '\xe3\x80\x82', '\xff', '%ff', '%00', '%0d%0a'],
  ...[
    '%0a',
    '%09',
    '%20',
    '%',
    '%z',
    '#',
    '?',
    '??',
    '&',
    '=',
    '@',
    ':',
    '*',
    '+',
    ',',
    '|',
    '{',
    '}',
    '"',
    '<',
  ],
  ...[
    'admin',
    '/admin',
    'admin/secret',
    'public',
    'u1',
    'u2',
    'http://evil.test/',
    '//evil.test',
    'x'.repeat(300),
  ],
  ...[
    '?_method=DELETE',
    '?access_token=x',
    '&a[]=1',
    '?$J',
    '/$J',
    '?x=$%J',
    '%61',
    '%41',
    '.',
    '...',
    '~',
    '$',
  ],
]

/** Fields that change nothing about where a message ends. */
export const harmlessFields: readonly string[] = [
  ...[
    'X-Forwarded-User: root',
    'X-Forwarded-Host: evil.test',
    'X-Forwarded-For: 127.0.0.1',
    'Forwarded: for=x',
  ],
  ...[
    'X-Original-URL: /admin',
    'X-Rewrite-URL: /admin',
    'X_Forwarded_User: root',
    'X-Real-IP: ::1',
    'Via: x',
  ],
  ...[
    'X-HTTP-Method-Override: DELETE',
    'X-HTTP-Method: DELETE',
    'Cookie: a=$J',
    'X-Api-Key: $J',
    'apikey: x',
  ],
  ...['Proxy-Authorization: Bearer $J', 'X-Forwarded-Access-Token: $J', '__proto__: x', 'constructor: x'],
  ...[
    'Connection: authorization',
    'Connection: x-request-id, via',
    'Keep-Alive: 300',
    'TE: trailers',
    'Trailer: x',
  ],
  ...['Accept: \x80\xff', 'Accept: */*', 'Accept-Encoding: gzip', 'User-Agent: \x1bx', 'If-None-Match: "x"'],
  ...[
    'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    'traceparent: x',
    'tracestate: a=b',
  ],
  ...['HTTP2-Settings: AAMAAABkAARAAAAA', 'Range: bytes=0-1', 'Prefer: wait=100', 'Max-Forwards: 0', 'X: '],
  ...['Content-Type: application/json', 'Content-Encoding: gzip', 'Content-Type: text/plain; charset=utf-7'],
  `X-Long: ${'y'.repeat(4000)}`,
  'a: \r\n'.repeat(300).slice(0, -2),
]

/** Fields after which two readers may not agree. */
export const doubtfulFields: readonly string[] = [
  ...[
    'Content-Length: 0',
    'Content-Length: 5',
    'Content-Length: +5',
    'Content-Length: 5, 5',
    'Content-Length: -1',
  ],
  ...[
    'Content-Length: 0x5',
    'Content-Length : 5',
    'Content-Length:',
    'Content_Length: 5',
    'Content-Length: 005',
  ],
  ...[
    'Content-Length: 99999999',
    'Content-Length: 18446744073709551618',
    'Connection: close, content-length',
  ],
  ...['Transfer-Encoding: chunked', 'Transfer-Encoding: xchunked', 'Transfer-Encoding: ,chunked'],
  ...[
    'Transfer-Encoding : chunked',
    'Transfer-Encoding:\tchunked',
    'Transfer-Encoding: chunked\x00',
    'TE: chunked',
  ],
  ...['Transfer-Encoding: gzip, chunked', 'Transfer-Encoding: identity', 'Transfer-Encoding: CHUNKED'],
  ...[
    'Host: evil.test',
    'Host: g',
    'Host: a@b',
    'Host:',
    'Expect: 100-continue',
    'Expect: x',
    'Upgrade: h2c',
  ],
  ...[
    'Connection: Upgrade\r\nUpgrade: websocket',
    'Connection: Upgrade\r\nUpgrade: h2c',
    'Connection: close',
  ],
  ...['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Protocol: bearer.$J', 'X: a\r\n folded'],
  ...['X: a\x00b', 'X: a\rb', 'X: a\nAuthorization: x', ' X: y', 'nonsense', ': x', 'X\xe9: y', 'X y: z'],
  ...[
    'Authorization: Bearer $J',
    'Authorization: Basic eDp5',
    'authorization: Bearer x',
    'Authorization: $J',
  ],
  `X: ${'y'.repeat(17_000)}`,
]

export const credentials: readonly string[] = [
  ...Array<string>(8).fill('Authorization: Bearer $J'),
  ...['Authorization: Bearer $K', 'Authorization: bearer $J', 'Authorization: Bearer $S', 'X-No: credential'],
]

/** Not one of them is good for anything. */
export const badCredentials: readonly string[] = [
  ...[
    'Bearer',
    'Bearer ',
    'Bearer  $J',
    'Bearer\t$J',
    'Bearer $J, Bearer $K',
    'Basic $J',
    'Bearer $J.x',
    '$J',
  ],
  ...['Bearer .$J', 'Bearer $J=', 'Bearer "$J"', 'Token $J', 'Bearer $%J', 'Bearer x.y.z', 'Bearer ..'],
  ...Array.from({ length: 12 }, (_, at) => `Bearer $B${at}.`),
].map((value) => `Authorization: ${value}`)

export const chunkSizes: readonly string[] = [
  ...['2', '2', '02', '2;a=b', '0x2', ' 2', '2 ', '+2', '-2', '', '2\n', '3', '1', 'fffffffff', '2;a=\x00'],
]

export const ends: readonly string[] = [
  ...[
    '0\r\n\r\n',
    '0\r\n\r\n',
    '0\r\nX: y\r\n\r\n',
    '0\r\nContent-Length: 9\r\n\r\n',
    '0\r\n',
    '',
    '00\r\n\r\n',
  ],
  ...['0\r\nAuthorization: Bearer $J\r\n\r\n', '0\n\n', `0\r\n\r\n${smuggled}`],
]

/** Put anywhere into the bytes of a request. */
export const bytePieces: readonly string[] = [
  ...[
    '\r\n',
    '\r',
    '\n',
    '\x00',
    ' ',
    '\t',
    ':',
    ',',
    ';',
    '\x7f',
    '\x80',
    '\xff',
    '\x0b',
    '\r\n\r\n',
    'HTTP/1.1',
  ],
  ...['0', '1', '%', '/', '\r\nHost: x', '\r\nContent-Length: 1', '\r\nTransfer-Encoding: chunked', smuggled],
]
