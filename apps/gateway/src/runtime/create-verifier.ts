import {
  type Clock,
  createCertificateVerifier,
  createCredentialVerifier,
  createTokenVerifier,
  type Issuer,
  readCertificate,
  type VerifyCredential,
} from '@countersign/auth-core'
import type { LoadedConfig } from '../config/loaded-config.ts'
import { parsePem } from '../config/parse-pem.ts'

/** The way from credential to identity under one configuration, for callers and operators alike. */
export function createVerifier(
  { gateway }: LoadedConfig,
  issuers: readonly Issuer[],
  clock: Clock,
): VerifyCredential {
  const clientAuthorities = parsePem(gateway.tls?.clientCa ?? '').map((der) => readCertificate(der))
  return createCredentialVerifier(
    createTokenVerifier({ audience: gateway.audience, issuers, clock }),
    createCertificateVerifier({ issuers, clientAuthorities, clock }),
  )
}
