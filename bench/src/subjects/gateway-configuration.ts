// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written as they stand in YAML
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Stage } from '../stage.ts'

/** What a gateway is configured with. */
export interface GatewaySettings {
  /** Services, ten callers each. Default 1, with the one caller `caller-0`. */
  readonly services?: number
  /** Operations that each service may use beside those of every scenario. */
  readonly operations?: number
  readonly audit?: { readonly required?: boolean; readonly chained?: boolean }
}

/** Callers of each service, where there are many. */
export const callersPerService = 10

/** Writes a configuration as an operator would and returns its folder, which holds the record as well. */
export function writeConfiguration(stage: Stage, settings: GatewaySettings = {}): string {
  const folder = mkdtempSync(join(stage.folder, 'gateway-'))
  writeFileSync(join(folder, 'secret'), 'secret-of-the-gateway')
  writeFileSync(join(folder, 'audit.key'), 'key-of-the-record-of-32-characters')
  // JSON is YAML.
  writeFileSync(join(folder, 'countersign.yaml'), JSON.stringify(configuration(stage, settings)))
  return folder
}

function configuration({ issuer, tokens, upstream }: Stage, settings: GatewaySettings): object {
  const { services = 1, operations = 0, audit = {} } = settings
  const { required = false, chained = false } = audit
  const more = Array.from({ length: operations }, (_, at) => at)
  return {
    gateway: {
      audience: issuer.audience,
      listen: '127.0.0.1:8080',
      audit: { file: './audit.jsonl', required, ...(chained && { key: '${file:./audit.key}' }) },
    },
    issuers: { bench: { kind: 'jwt', issuer: issuer.issuer, jwks: issuer.jwksUri } },
    upstreams: {
      api: {
        url: `http://127.0.0.1:${upstream.port}`,
        token: { endpoint: tokens.url, audience: 'https://api.example' },
        credential: { client_id: 'bench', client_secret: '${file:./secret}' },
        operations: { ...usual, ...Object.fromEntries(more.map((n) => [`kinds.read-${n}`, operation(n)])) },
      },
    },
    services: Object.fromEntries(
      Array.from({ length: services }, (_, at) => [`service-${at}`, service(at, services, operations > 0)]),
    ),
  }
}

const usual = {
  'users.read': { route: 'GET /v1/users/{id}', scopes: ['users:read'] },
  'users.create': { route: 'POST /v1/users', scopes: ['users:write'] },
  'uploads.create': { route: 'POST /v1/uploads', scopes: ['uploads'] },
  'files.read': { route: 'GET /files/{name}', scopes: ['files'] },
  'secrets.read': { route: 'GET /v1/secrets/{id}', scopes: ['secrets'] },
}

function operation(n: number): object {
  return { route: `GET /v1/kind-${n}/{id}`, scopes: [`kind-${n}:read`] }
}

function service(at: number, services: number, hasMore: boolean): object {
  const callers = services === 1 ? 1 : callersPerService
  return {
    identities: Array.from({ length: callers }, (_, n) => ({
      issuer: 'bench',
      subject: `caller-${at * callers + n}`,
    })),
    allow: [
      { upstream: 'api', operations: ['users.*', 'uploads.*', 'files.*', ...(hasMore ? ['kinds.*'] : [])] },
    ],
  }
}
