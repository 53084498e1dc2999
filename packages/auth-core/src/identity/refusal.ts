import { Fault, type FaultCode } from '../fault.ts'
import { quoted } from './quoted.ts'

/** The fault of a token that was understood and is not accepted; `reason` must not quote it unescaped. */
export function refusal(issuer: string, reason: string, code: FaultCode = 'identity.refused'): Fault {
  return new Fault(code, { detail: `a token of issuer ${quoted(issuer)} ${reason}` })
}
