/**
 * A request of `svc-a` as raw text: `request('GET /u1/public/x', 'Accept: text/plain')`. The lines come after
 * Host and Authorization; a body is put behind it with `+`.
 */
export function request(target: string, ...fields: readonly string[]): string {
  return bare(target, 'Authorization: Bearer $J', ...fields)
}

/** The same without a credential. */
export function bare(target: string, ...fields: readonly string[]): string {
  return [`${target} HTTP/1.1`, 'Host: g', ...fields, '', ''].join('\r\n')
}

/** `body` as one chunk and the last chunk. */
export function chunked(body: string): string {
  return `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
}

/** What a smuggler hides in a body: a complete request that the policy forbids. */
export const smuggled = 'GET /admin HTTP/1.1\r\nHost: x\r\n\r\n'
