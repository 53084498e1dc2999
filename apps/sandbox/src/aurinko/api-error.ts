import { randomUUID } from 'node:crypto'

/** How a refusal is told. */
export interface ApiErrorOptions extends ErrorOptions {
  /** What the provider behind said, where it was the provider. */
  readonly originalError?: object
}

/** A refusal of the API; becomes `{"code","message","requestId"}`, whose code need not match the status. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string
  readonly originalError: object | undefined

  constructor(status: number, code: string, message: string, options: ApiErrorOptions = {}) {
    super(message, options)
    this.status = status
    this.code = code
    this.originalError = options.originalError
  }

  /** The answer's body. */
  body(): object {
    const { code, message, originalError } = this
    return { code, message, requestId: randomUUID(), ...(originalError && { originalError }) }
  }
}

/** A request that cannot be understood. */
export function badRequest(message: string, options?: ApiErrorOptions): ApiError {
  return new ApiError(400, 'badRequest', message, options)
}

/**
 * What is not there. The document's own example has status 404 with the code `badRequest`, and the provider's
 * answer beneath it.
 */
export function notFound(now: number): ApiError {
  const innerError = { date: new Date(now).toISOString().slice(0, 19), 'request-id': randomUUID() }
  const originalError = {
    error: { code: 'ErrorInvalidIdMalformed', message: 'Id is malformed.', innerError },
  }
  return new ApiError(404, 'badRequest', 'Bad Request', { originalError })
}
