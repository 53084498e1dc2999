import type { CredentialScheme, Operation } from '@countersign/auth-core'
import type { UpstreamConfig } from '../config/loaded-config.ts'
import { type ShownCredential, showCredential } from '../forward/shown-credential.ts'

/** Which scheme shows an operation's credential. */
export type SchemeOf = (operation: Operation) => CredentialScheme

/** The schemes of an upstream; `undefined` where there is nothing but the token as Bearer. */
export function schemesOf({ schemes }: UpstreamConfig): SchemeOf | undefined {
  const [first] = schemes.values()
  if (first === undefined) return undefined
  return ({ credential }) => (credential === undefined ? first : (schemes.get(credential) ?? first))
}

/** How each operation's credential is shown; prepared at the first call that needs it. */
export function showCredentials(
  { schemes, credential }: UpstreamConfig,
  schemeOf: SchemeOf,
): (operation: Operation) => ShownCredential {
  const prepared = new Map<CredentialScheme, ShownCredential>()
  return function shows(operation) {
    const scheme = schemeOf(operation)
    let shown = prepared.get(scheme)
    if (shown === undefined) {
      shown = showCredential({ scheme, schemes: [...schemes.values()], credential })
      prepared.set(scheme, shown)
    }
    return shown
  }
}
