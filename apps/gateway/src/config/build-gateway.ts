import { createPrivateKey } from 'node:crypto'
import { resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import { compileIdentity, type IssuerKind, Secret } from '@countersign/auth-core'
import type { BuildContext } from './build-context.ts'
import { buildIdentity } from './build-identity.ts'
import type { CallerTimeouts, GatewayConfig, PublicConfig, StoreConfig, TlsConfig } from './loaded-config.ts'
import type { Path } from './located.ts'
import type { ParsedSections } from './parse-sections.ts'
import { originUrl } from './schema/address.ts'
import { defaultAdmin } from './schema/gateway.ts'
import { listenAddress } from './schema/listen-address.ts'
import { suggest } from './suggest.ts'

type ParsedGateway = NonNullable<ParsedSections['gateway']>

/** The gateway's section, with defaults, and with certificate and key read. */
export function buildGateway(
  parsed: ParsedGateway,
  context: BuildContext,
  kindOf: (issuer: string) => IssuerKind | undefined,
): GatewayConfig {
  const { audit, tls } = parsed
  return Object.freeze({
    audience: parsed.audience,
    url: parsed.url ?? originUrl().safeParse(parsed.audience).data,
    listen: parsed.listen,
    tls: buildTls(tls, ['gateway', 'tls'], context),
    asksForTls: tls !== undefined && tls !== 'off',
    admin: parsed.admin ?? listenAddress().parse(defaultAdmin),
    adminUrl: parsed.admin_url,
    public: parsed.public && buildPublic(parsed.public, context),
    timeouts: buildTimeouts(parsed.timeouts, context),
    operators: (parsed.operators ?? []).map((operator) =>
      compileIdentity(buildIdentity(operator, kindOf(operator.issuer))),
    ),
    store: parsed.store && buildStore(parsed.store, context),
    audit: Object.freeze({
      file: audit?.file === undefined ? undefined : resolve(context.folder, audit.file),
      required: audit?.required ?? false,
      key: audit?.key === undefined ? undefined : new Secret(audit.key),
      maxBytes: audit?.max_bytes,
      keep: audit?.keep,
      fsync: audit?.fsync ?? false,
    }),
    mode: parsed.mode ?? 'enforce',
  })
}

function buildTimeouts(parsed: ParsedGateway['timeouts'], context: BuildContext): CallerTimeouts {
  const { head = 15_000, request = 300_000, idle = 65_000 } = parsed ?? {}
  if (head > request) {
    context.faults.add(context.root, {
      path: ['gateway', 'timeouts', parsed?.head === undefined ? 'request' : 'head'],
      message: 'gives a header section longer than the whole request',
      hint: 'let timeouts.request be at least timeouts.head, which is 15s by default',
    })
  }
  return Object.freeze({ headMs: head, requestMs: request, idleMs: idle })
}

function buildPublic(parsed: NonNullable<ParsedGateway['public']>, context: BuildContext): PublicConfig {
  if (parsed.signing_key !== undefined && !isSigningKey(parsed.signing_key)) {
    context.faults.add(context.root, {
      path: ['gateway', 'public', 'signing_key'],
      message: 'is not a P-256 private key in PEM',
      hint: 'make one with: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256',
    })
  }
  return Object.freeze({
    listen: parsed.listen,
    url: parsed.url,
    tls: buildTls(parsed.tls, ['gateway', 'public', 'tls'], context),
    signingKey: parsed.signing_key === undefined ? undefined : new Secret(parsed.signing_key),
  })
}

function isSigningKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyDetails?.namedCurve === 'prime256v1'
  } catch {
    return false
  }
}

function buildStore(parsed: NonNullable<ParsedGateway['store']>, context: BuildContext): StoreConfig {
  const { file, keys, active } = parsed
  for (const [kid, key] of Object.entries(keys)) {
    if (/^[A-Za-z0-9+/]{43}=$/.test(key)) continue
    context.faults.add(context.root, {
      path: ['gateway', 'store', 'keys', kid],
      message: 'is not 32 bytes in Base64',
      hint: 'make one with: openssl rand -base64 32',
    })
  }
  if (!Object.hasOwn(keys, active)) {
    const hint = suggest(active, Object.keys(keys))
    context.faults.add(context.root, {
      path: ['gateway', 'store', 'active'],
      message: 'names no key',
      hint,
    })
  }
  const byId = new Map(Object.entries(keys).map(([kid, key]) => [kid, new Secret(key)]))
  return Object.freeze({ file: resolve(context.folder, file), keys: Object.freeze({ byId, active }) })
}

function buildTls(files: ParsedGateway['tls'], path: Path, context: BuildContext): TlsConfig | undefined {
  if (files === undefined || files === 'off') return undefined
  const cert = context.readText(files.cert, [...path, 'cert'])
  const key = context.readText(files.key, [...path, 'key'])
  const clientCa =
    files.client_ca === undefined ? undefined : context.readText(files.client_ca, [...path, 'client_ca'])
  if (cert === undefined || key === undefined) return undefined
  try {
    createSecureContext({ cert, key, ca: clientCa })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    context.faults.add(context.root, {
      path,
      message: `cannot be used: ${why}`,
      hint: 'give a PEM certificate chain and the private key that belongs to it',
    })
    return undefined
  }
  return Object.freeze({ cert, key: new Secret(key), clientCa })
}
