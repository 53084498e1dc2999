import type { FaultCode } from '@countersign/auth-core/client'
import type { Given } from '../support/consumer.ts'

/** A call that a service makes, or must not be able to make. */
export interface ServiceCall {
  /** What it is for, in the service's words. */
  readonly receives: string
  /** Method and target, as in `GET /faable/user`. */
  readonly call: `${string} /${string}`
  readonly body?: Given
  readonly headers?: Readonly<Record<string, string>>
  /** What the caller's token says. */
  readonly claims?: Given
  /** The least that the answer holds; without it there is no body. */
  readonly answer?: Given
  /** The service relies on being refused. */
  readonly refused?: FaultCode
}

const one = { id: 'known' }
const some = { data: [one] }

/** A service looks at something. */
export function reads(receives: string, target: `/${string}`, more: Partial<ServiceCall> = {}): ServiceCall {
  return { receives, call: `GET ${target}`, answer: some, ...more }
}

/** A service makes something. */
export function posts(
  receives: string,
  target: `/${string}`,
  body: Given | undefined,
  more: Partial<ServiceCall> = {},
): ServiceCall {
  return { receives, call: `POST ${target}`, ...(body && { body }), answer: one, ...more }
}

/** A service changes something. */
export function changes(
  receives: string,
  call: `${'PUT' | 'PATCH'} /${string}`,
  body: Given,
  more: Partial<ServiceCall> = {},
): ServiceCall {
  return { receives, call, body, answer: one, ...more }
}

/** A service takes something away. */
export function removes(
  receives: string,
  target: `/${string}`,
  more: Partial<ServiceCall> = {},
): ServiceCall {
  return { receives, call: `DELETE ${target}`, ...more }
}

/** A call that policy has to refuse: the same, and what it comes to. */
export function refused(call: ServiceCall, code: FaultCode = 'policy.refused'): ServiceCall {
  const { answer: _, ...rest } = call
  return { ...rest, refused: code }
}
