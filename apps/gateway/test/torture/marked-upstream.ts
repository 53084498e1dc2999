import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type LoopbackServer, listenOnLoopback } from '@countersign/testkit'
import { readToken } from './scoped-tokens.ts'

/** An upstream that says who it is and what it was asked, so that a caller sees whether an answer is its own. */
export interface MarkedUpstream extends LoopbackServer {
  readonly url: string
  /** What must never happen: a request with another upstream's token, or with one of too little scope. */
  readonly violations: string[]
  /** Request ids of what may have changed something, as often as they came. */
  readonly changes: Map<string, number>
  /** Answers one request in so many with 401, as if the token had been revoked; 0: none. */
  refuseOneIn(count: number): void
}

const scopes: Readonly<Record<string, string>> = { GET: 'read', POST: 'write', DELETE: 'admin' }

/** Starts an upstream of this name. */
export async function startMarkedUpstream(name: string): Promise<MarkedUpstream> {
  const violations: string[] = []
  const changes = new Map<string, number>()
  let oneIn = 0
  let count = 0

  function check(req: IncomingMessage): void {
    const token = readToken(String(req.headers.authorization).replace(/^Bearer /, ''))
    const needed = scopes[req.method ?? ''] ?? 'none'
    if (token?.audience === name && token.scopes.includes(needed)) return
    violations.push(`${name} ${req.method} ${req.url} came with ${JSON.stringify(token)}`)
  }
  function answer(req: IncomingMessage, res: ServerResponse, body: Buffer): void {
    check(req)
    count += 1
    if (oneIn > 0 && count % oneIn === 0) return void res.writeHead(401).end()
    const id = String(req.headers['x-request-id'])
    if (req.method !== 'GET') changes.set(id, (changes.get(id) ?? 0) + 1)
    const url = new URL(req.url ?? '', 'http://marked')
    const marker =
      body.length > 0 ? String(JSON.parse(body.toString()).marker) : url.pathname.split('/').at(-1)
    const marked = { upstream: name, method: req.method, target: req.url, marker }
    const padding = 'x'.repeat(Number(url.searchParams.get('bytes') ?? 0))
    const text = JSON.stringify({ ...marked, padding })
    const framing = url.searchParams.has('chunked') ? {} : { 'content-length': Buffer.byteLength(text) }
    res.writeHead(200, { 'content-type': 'application/json', ...framing })
    res.write(text.slice(0, 20))
    res.end(text.slice(20))
  }
  const server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => {})
    req.on('end', () => answer(req, res, Buffer.concat(chunks)))
  })
  server.keepAliveTimeout = 2_000
  const listening = await listenOnLoopback(server)
  return Object.assign(listening, {
    url: `http://${listening.authority}`,
    violations,
    changes,
    refuseOneIn(many: number) {
      oneIn = many
    },
  })
}
