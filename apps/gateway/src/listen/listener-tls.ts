import { constants } from 'node:crypto'
import type { TlsOptions } from 'node:tls'
import type { LoadedConfig, TlsConfig } from '../config/loaded-config.ts'

/** How a listener speaks TLS. */
export type ListenerTls = Pick<
  TlsOptions,
  'cert' | 'key' | 'ca' | 'minVersion' | 'requestCert' | 'rejectUnauthorized' | 'secureOptions'
>

/**
 * TLS of the data listener. Client certificates are asked for where something could be done with one, and never
 * required here: who shows none may have a token. The handshake proves the client's key; whose the certificate
 * is, and whether its authority is still trusted, is judged with every request, by the bundle of its own trust
 * domain. So no verdict of the handshake is used, and none of the past either: sessions are not resumed, since a
 * ticket would bring back a certificate without the chain that led to it.
 *
 * No names of authorities are sent: they change while the listener stays, and clients would choose by them.
 */
export function dataTls(config: LoadedConfig): ListenerTls | undefined {
  const { tls } = config.gateway
  if (tls === undefined) return undefined
  if (!asksForCertificates(config)) return serverSide(tls)
  return {
    ...serverSide(tls),
    ca: [],
    requestCert: true,
    rejectUnauthorized: false,
    secureOptions: constants.SSL_OP_NO_TICKET,
  }
}

/** Does anything in this configuration look at client certificates? */
export function asksForCertificates({ gateway, issuers }: LoadedConfig): boolean {
  const hasTrustDomain = [...issuers.values()].some(({ kind }) => kind === 'spiffe')
  return gateway.tls !== undefined && (gateway.tls.clientCa !== undefined || hasTrustDomain)
}

/** TLS of the public listener, where nobody is identified by a certificate: with authorities, one of theirs is required. */
export function publicTls(tls: TlsConfig | undefined): ListenerTls | undefined {
  if (tls === undefined) return undefined
  const client = tls.clientCa ? { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true } : {}
  return { ...serverSide(tls), ...client }
}

function serverSide({ cert, key }: TlsConfig): ListenerTls {
  return { cert, key: key.reveal(), minVersion: 'TLSv1.2' }
}
