import { resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import { Secret } from '@countersign/auth-core'
import type { BuildContext } from './build-context.ts'
import type { GatewayConfig, TlsConfig } from './loaded-config.ts'
import type { ParsedSections } from './parse-sections.ts'
import { defaultAdmin } from './schema/gateway.ts'
import { listenAddress } from './schema/listen-address.ts'

type ParsedGateway = NonNullable<ParsedSections['gateway']>

/** The gateway's section, with defaults, and with certificate and key read. */
export function buildGateway(parsed: ParsedGateway, context: BuildContext): GatewayConfig {
  const { audit, tls } = parsed
  return Object.freeze({
    audience: parsed.audience,
    listen: parsed.listen,
    tls: tls === undefined || tls === 'off' ? undefined : buildTls(tls, context),
    admin: parsed.admin ?? listenAddress().parse(defaultAdmin),
    audit: Object.freeze({
      file: audit?.file === undefined ? undefined : resolve(context.folder, audit.file),
      required: audit?.required ?? false,
      key: audit?.key === undefined ? undefined : new Secret(audit.key),
    }),
    mode: 'enforce',
  })
}

function buildTls(
  files: Exclude<ParsedGateway['tls'], 'off' | undefined>,
  context: BuildContext,
): TlsConfig | undefined {
  const cert = context.readText(files.cert, ['gateway', 'tls', 'cert'])
  const key = context.readText(files.key, ['gateway', 'tls', 'key'])
  const clientCa =
    files.client_ca === undefined
      ? undefined
      : context.readText(files.client_ca, ['gateway', 'tls', 'client_ca'])
  if (cert === undefined || key === undefined) return undefined
  try {
    createSecureContext({ cert, key, ca: clientCa })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    context.faults.add(context.root, {
      path: ['gateway', 'tls'],
      message: `cannot be used: ${why}`,
      hint: 'give a PEM certificate chain and the private key that belongs to it',
    })
    return undefined
  }
  return Object.freeze({ cert, key: new Secret(key), clientCa })
}
