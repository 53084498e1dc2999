// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written as they stand in YAML
import type { Recorder, TestIssuer, TestTokenEndpoint } from '@countersign/testkit'

/** What the configuration of a stage points at. */
export interface Surroundings {
  readonly issuer: TestIssuer
  readonly tokens: TestTokenEndpoint
  readonly first: Recorder
  readonly second: Recorder
}

/** A configuration as its YAML would read; JSON is YAML. */
export type Configuration = Record<'gateway' | 'issuers' | 'upstreams' | 'services', Record<string, unknown>>

/** Operations `cold.1` … `cold.60`, each with a rule, a scope and therefore a token of its own. */
export const coldOperations = 60

/**
 * Two upstreams and two services. `svc-a` reads `/public/…`, places orders and does whatever `things` offers
 * on `u1`; `/admin…` exists there and is nobody's. `svc-b` reads `/public/…` on `u2` and nothing else.
 */
export function configuration({ issuer, tokens, first, second }: Surroundings): Configuration {
  const token = { endpoint: tokens.url, audience: 'https://api.u1.example' }
  const timeouts = { first_byte: '10s', idle: '10s', total: '60s' }
  return {
    gateway: { audience: issuer.audience, listen: '127.0.0.1:0', audit: { file: './audit.jsonl' } },
    issuers: { cluster: { kind: 'jwt', issuer: issuer.issuer, jwks: issuer.jwksUri } },
    upstreams: {
      u1: {
        url: first.url,
        token,
        credential: { client_id: 'gateway-at-u1', client_secret: '${file:./u1.secret}' },
        timeouts,
        operations: { ...operations, ...cold() },
      },
      u2: {
        url: second.url,
        token: { ...token, audience: 'https://api.u2.example' },
        credential: { client_id: 'gateway-at-u2', client_secret: '${file:./u2.secret}' },
        operations: { 'public.read': { route: 'GET /public/{name}', scopes: ['read:public'] } },
      },
    },
    services: {
      'svc-a': {
        identities: [{ issuer: 'cluster', subject: 'svc-a' }],
        allow: [
          ['public.read', 'orders.create', 'reports.run', 'things.*', 'still.*', 'live.watch'],
          ...coldRules(),
        ].map((allowed) => ({ upstream: 'u1', operations: allowed })),
      },
      'svc-b': {
        identities: [{ issuer: 'cluster', subject: 'svc-b' }],
        allow: [{ upstream: 'u2', operations: ['public.read'] }],
      },
    },
  }
}

/** For tests of silence: `u1` is given up after two seconds of it. */
export function impatient({ upstreams }: Configuration): void {
  Object.assign(upstreams.u1 as object, { timeouts: { first_byte: '2s', idle: '2s', total: '60s' } })
}

const things = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

const operations: Record<string, object> = {
  'public.read': { route: 'GET /public/{name}', scopes: ['read:public'] },
  'public.remove': { route: 'DELETE /public/{name}', scopes: ['write:public'] },
  'orders.create': { route: 'POST /orders', scopes: ['write:orders'] },
  'reports.run': { route: 'POST /reports', scopes: ['read:reports'], replay: 'on_401' },
  ...Object.fromEntries(
    things.map((method) => [
      `things.${method.toLowerCase()}`,
      { route: `${method} /things/{id}`, scopes: ['things'] },
    ]),
  ),
  'live.watch': { route: 'GET /live/{id}', scopes: ['live'], websocket: true },
  'live.secret': { route: 'GET /secret-live', scopes: ['live'], websocket: true },
  'admin.read': { route: 'GET /admin', scopes: ['admin'] },
  'admin.secret': { route: 'GET /admin/secret', scopes: ['admin'] },
  // Paths that clients of real systems need, and that a nervous gateway would refuse.
  'still.user': { route: 'GET /api/v2/users/{id}', scopes: ['still'] },
  'still.contents': { route: 'GET /repos/{owner}/{repo}/contents/{path}', scopes: ['still'] },
  'still.x': { route: 'GET /x', scopes: ['still'] },
  'still.dots': { route: 'GET /v1/{name}', scopes: ['still'] },
  'still.well-known': { route: 'GET /.well-known/{name}', scopes: ['still'] },
  'still.slash': { route: 'GET /list/', scopes: ['still'] },
  'still.symbol': { route: 'GET /symbols/{symbol}', scopes: ['still'] },
}

const coldNumbers = Array.from({ length: coldOperations }, (_, at) => at + 1)

function cold(): Record<string, object> {
  return Object.fromEntries(
    coldNumbers.map((n) => [`cold.${n}`, { route: `GET /cold/${n}`, scopes: [`cold:${n}`] }]),
  )
}

function coldRules(): string[][] {
  return coldNumbers.map((n) => [`cold.${n}`])
}
