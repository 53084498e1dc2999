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
  /** The least that the answer holds; without it nothing of its body counts. */
  readonly answer?: Answer
  /** The service relies on being refused. */
  readonly refused?: FaultCode
}

type Answer = Given | Given[]

const one = { id: 'known' }
const pascalOne = { Id: 'known' }

/** How each upstream says one thing, and several. */
const answers: Readonly<Record<string, { readonly one: Given; readonly several: Answer }>> = {
  'inbox-manager': { one, several: { data: [one] } },
  faable: { one, several: { results: [one], next: null } },
  aurinko: { one, several: { records: [one] } },
  authaction: { one, several: [one] },
  loginradius: { one: pascalOne, several: { Data: [pascalOne] } },
}

/** @param call a target, with or without its method */
function answerOf(call: string, count: 'one' | 'several'): Answer {
  const upstream = call.split('/')[1] ?? ''
  const answer = answers[upstream]?.[count]
  if (answer === undefined) throw new TypeError(`${call}: how ${upstream} answers is not known`)
  return answer
}

/** A service looks at one thing. */
export function reads(receives: string, target: `/${string}`, more: Partial<ServiceCall> = {}): ServiceCall {
  return { receives, call: `GET ${target}`, answer: answerOf(target, 'one'), ...more }
}

/** A service looks at several. */
export function lists(receives: string, target: `/${string}`, more: Partial<ServiceCall> = {}): ServiceCall {
  return { receives, call: `GET ${target}`, answer: answerOf(target, 'several'), ...more }
}

/** A service looks for some. */
export function finds(receives: string, target: `/${string}`, body: Given): ServiceCall {
  return { receives, call: `POST ${target}`, body, answer: answerOf(target, 'several') }
}

/** A service makes something. */
export function posts(
  receives: string,
  target: `/${string}`,
  body: Given | undefined,
  more: Partial<ServiceCall> = {},
): ServiceCall {
  return { ...tells(receives, target, body), answer: answerOf(target, 'one'), ...more }
}

/** A service has something done, and what is answered says no more than that. */
export function tells(
  receives: string,
  target: `/${string}`,
  body?: Given,
  more: Partial<ServiceCall> = {},
): ServiceCall {
  return { receives, call: `POST ${target}`, ...(body && { body }), ...more }
}

/** A service changes something. */
export function changes(
  receives: string,
  call: `${'PUT' | 'PATCH'} /${string}`,
  body: Given,
  more: Partial<ServiceCall> = {},
): ServiceCall {
  return { receives, call, body, answer: answerOf(call, 'one'), ...more }
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
