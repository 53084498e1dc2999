/** What can be wrong with a call of the management API (all of it assumed but the 401). */
export type AuthActionErrorStatus = 400 | 401 | 404 | 409 | 415 | 429 | 500

/** The phrase of each status; a 401 comes without `error`, as the framework that the vendor seems to use has it. */
export const authActionPhrases: Readonly<Record<AuthActionErrorStatus, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  409: 'Conflict',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
}

/** A refusal of the management API; becomes `{statusCode, message, error}`. */
export class AuthActionError extends Error {
  override readonly name = 'AuthActionError'
  readonly status: AuthActionErrorStatus

  constructor(
    status: AuthActionErrorStatus,
    message: string = authActionPhrases[status],
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.status = status
  }
}
