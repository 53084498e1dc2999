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
  | 'the keys of the issuer cannot be had'
  | 'marketing may only list accounts'
  | 'the one call that a limit allows has been made'
  | 'the token endpoint refuses the gateway'
  | 'the token endpoint is out of service for 7 seconds'
  | 'the token endpoint answers with a web page'
  | 'the upstream refuses the tokens of its own token endpoint'
  | 'the upstream does not answer in time'
  | 'the upstream answers with something that is not HTTP'
  | 'the upstream breaks off its answer'
  /** As the upstream `retired`. */
  | 'an upstream cannot be reached'
