/**
 * The identity source gave no token that could be sent, so nothing was sent. Look at the workload's own
 * environment: the gateway has not been asked.
 */
export class IdentityError extends Error {
  constructor(message: string, options: ErrorOptions = {}) {
    super(message, options)
    this.name = 'IdentityError'
  }
}
