import type { Given } from '../support/consumer.ts'

/**
 * What the gateway can be asked to be. Every state hands over an `identity` to call with, signed by a real
 * issuer; without a state there is none.
 */
export type GatewayState =
  /** With `status` and, but for a 204, `body`: what it answers to every call. */
  | 'provisioning may do everything, and the upstream answers'
  | 'the identity has expired'
  | 'the identity is for another audience'
  | 'nobody here knows the issuer of the identity'
  | 'the identity is that of two services'
  | 'the keys of the issuer cannot be had'
  | 'marketing may only list accounts'
  | 'the one call that a limit allows has been made'
  | 'the token endpoint refuses the gateway'
  | 'the token endpoint is out of service for 7 seconds'
  | 'the token endpoint answers with a web page'
  /** As the upstream `undisclosed`. */
  | 'an upstream does not say for which audience its tokens are'
  | 'the upstream refuses the tokens of its own token endpoint'
  | 'the upstream does not answer in time'
  | 'the upstream answers with something that is not HTTP'
  | 'the upstream breaks off its answer'
  /** As the upstream `retired`. */
  | 'an upstream cannot be reached'
  /** As the upstream `failing`. */
  | 'an upstream has failed, and is left alone for an hour'
  /** As the upstream `narrow`. */
  | 'an upstream has as many calls as it may have'
  /** As the upstream `keyed`, which takes keys in place of tokens. */
  | 'an upstream refuses the keys of the gateway'
  /** By token exchange; for scopes it has none. */
  | 'exporting may obtain the token of an upstream'
  | 'the tokens of the upstream live longer than may be released'
  | 'the disk of the record is full'

/**
 * Which service calls in which state: none, where nobody can tell. The keys cannot be had of an issuer that signs
 * for nobody.
 */
const callers: Readonly<Record<GatewayState, string | undefined>> = {
  'provisioning may do everything, and the upstream answers': 'provisioning',
  'the identity has expired': 'provisioning',
  'the identity is for another audience': 'provisioning',
  'nobody here knows the issuer of the identity': 'provisioning',
  'the identity is that of two services': undefined,
  'the keys of the issuer cannot be had': undefined,
  'marketing may only list accounts': 'marketing',
  'the one call that a limit allows has been made': 'eager',
  'the token endpoint refuses the gateway': 'mint-refused',
  'the token endpoint is out of service for 7 seconds': 'mint-unavailable',
  'the token endpoint answers with a web page': 'mint-invalid',
  'an upstream does not say for which audience its tokens are': 'undisclosed',
  'the upstream refuses the tokens of its own token endpoint': 'rejected',
  'the upstream does not answer in time': 'provisioning',
  'the upstream answers with something that is not HTTP': 'provisioning',
  'the upstream breaks off its answer': 'provisioning',
  'an upstream cannot be reached': 'archive',
  'an upstream has failed, and is left alone for an hour': 'waiting',
  'an upstream has as many calls as it may have': 'queueing',
  'an upstream refuses the keys of the gateway': 'keyed',
  'exporting may obtain the token of an upstream': 'exporting',
  'the tokens of the upstream live longer than may be released': 'hoarding',
  'the disk of the record is full': 'provisioning',
}

/** A state with its caller, as a contract names it: policy can then be held against the contract too. */
export function calledIn(state: GatewayState, values: Given = {}): readonly [GatewayState, Given] {
  const service = callers[state]
  return [state, { ...(service && { service }), ...values }]
}
