import { Fault, type FaultCode, faultKinds } from '@countersign/auth-core'

/** Sentences for the caller, by code: what a fault means with one particular upstream. */
export type Explanations = Readonly<Partial<Record<FaultCode, string>>>

/**
 * What was thrown, in the words that an upstream's preset has for it. A fault that says something of its own
 * already keeps it: that is more particular than what usually happens.
 */
export function explain(error: unknown, explanations: Explanations | undefined): unknown {
  if (explanations === undefined || !(error instanceof Fault)) return error
  const { code, detail, cause, retryAfterSeconds, allow } = error
  const says = explanations[code]
  if (says === undefined || error.says !== faultKinds[code].says) return error
  return new Fault(code, {
    says,
    cause,
    ...(detail !== undefined && { detail }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(allow !== undefined && { allow }),
  })
}
