/** What the gateway can be asked to be. Every state hands over an `identity` to call with, signed by a real issuer. */
export type PlatformState =
  /**
   * With `service`, who calls, and `claims`, what its token says beyond that; with `status` and, but for a 204,
   * `body`, what the upstream answers.
   */
  | 'the policy of the platform is in force, and the upstream answers'
  /** With `service` and `claims`. */
  | 'the policy of the platform is in force'
