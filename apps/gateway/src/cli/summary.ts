import type { GatewayConfig, LoadedConfig } from '../config/loaded-config.ts'
import type { ListenAddress } from '../config/schema/listen-address.ts'
import { asWritten, isUnresolved } from '../config/stand-in.ts'

/** What a configuration amounts to, without a secret in it. */
export interface Summary {
  readonly path: string
  readonly listen: string
  readonly tls: boolean
  /** Where services call; `null` where the configuration does not say. */
  readonly url: string | null
  readonly issuers: readonly { readonly name: string; readonly kind: string; readonly issuer: string }[]
  readonly upstreams: readonly {
    readonly name: string
    readonly preset: string | null
    readonly url: string
    readonly operations: number
  }[]
  readonly services: readonly {
    readonly name: string
    readonly identities: number
    readonly rules: readonly {
      readonly upstream: string
      readonly operations: readonly string[]
      /** Seconds that a token may live which the service obtains for itself; `null`: it obtains none. */
      readonly releases: number | null
      readonly position: string
    }[]
  }[]
}

/** Picks what a person wants to see of a configuration. */
export function summarize({ path, gateway, issuers, upstreams, services }: LoadedConfig): Summary {
  const listen = spellAddress(gateway.listen)
  return {
    path,
    listen,
    tls: gateway.asksForTls,
    url: urlOf(gateway),
    issuers: [...issuers.values()].map(({ name, kind, issuer }) => ({
      name,
      kind,
      issuer: asWritten(issuer),
    })),
    upstreams: [...upstreams.values()].map(({ name, preset, url, operations }) => ({
      name,
      preset: preset?.name ?? null,
      url: asWritten(url),
      operations: operations.length,
    })),
    services: [...services.values()].map(({ name, identities, allow }) => ({
      name,
      identities: identities.length,
      rules: allow.map(({ upstream, operations, release, position }) => ({
        upstream,
        operations,
        releases: release?.maxLifetimeSeconds ?? null,
        position,
      })),
    })),
  }
}

function spellAddress({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** A listener of its own address is called at that, one on every interface at what the configuration calls it. */
function urlOf({ listen, asksForTls, url }: GatewayConfig): string | null {
  const listener = `${asksForTls ? 'https' : 'http'}://${spellAddress(listen)}`
  if (!everywhere.has(new URL(listener).hostname)) return listener
  return url === undefined || isUnresolved(url) ? null : url
}

/** As `URL` spells them. */
const everywhere: ReadonlySet<string> = new Set(['0.0.0.0', '[::]'])

/** The summary as tables of text. */
export function renderSummary({ path, listen, tls, url, issuers, upstreams, services }: Summary): string {
  const rules = services.flatMap(({ name, rules: own }) =>
    own.length === 0
      ? [[name, '-', 'nothing is allowed', '']]
      : own.map((rule, at) => [
          at === 0 ? name : '',
          rule.upstream,
          rule.operations.join(', ') + (rule.releases === null ? '' : '; and the token itself'),
          rule.position,
        ]),
  )
  return [
    `${path} is fine. Services call ${url ?? portOf(listen, tls)}.`,
    table(
      ['ISSUER', 'KIND', 'ADDRESS'],
      issuers.map(({ name, kind, issuer }) => [name, kind, issuer]),
    ),
    table(
      ['UPSTREAM', 'PRESET', 'OPERATIONS', 'URL'],
      upstreams.map(({ name, preset, operations, url }) => [name, preset ?? '-', String(operations), url]),
    ),
    table(['SERVICE', 'UPSTREAM', 'ALLOWED', 'RULE'], rules),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n')
}

function portOf(listen: string, tls: boolean): string {
  const port = listen.slice(listen.lastIndexOf(':') + 1)
  return `port ${port} of this host by ${tls ? 'https' : 'http'}; gateway.url can say where that is`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return `${head[0]}: none`
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n')
}
