/** What can be wrong with a call of the management API: the part of the vendor's catalogue that happens here. */
export type FaableErrorCode =
  | 'bad_request'
  | 'validation_error'
  | 'invalid_id'
  | 'invalid_query'
  | 'invalid_expand'
  | 'invalid_email'
  | 'already_exists'
  | 'already_member'
  | 'invalid_token'
  | 'plan_required'
  | 'insufficient_scope'
  | 'aud_mismatch'
  | 'not_found'
  | 'account_not_found'
  | 'conflict'
  | 'session_already_revoked'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'too_many_requests'
  | 'internal_error'

/** The one status of each code. `aud_mismatch` is not in the catalogue and its status an option. */
export const faableErrorStatus: Readonly<Record<FaableErrorCode, number>> = {
  bad_request: 400,
  validation_error: 400,
  invalid_id: 400,
  invalid_query: 400,
  invalid_expand: 400,
  invalid_email: 400,
  already_exists: 400,
  already_member: 400,
  invalid_token: 401,
  plan_required: 402,
  insufficient_scope: 403,
  aud_mismatch: 403,
  not_found: 404,
  account_not_found: 404,
  conflict: 409,
  session_already_revoked: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  too_many_requests: 429,
  internal_error: 500,
}

/** One thing that is wrong with one field. */
export interface FieldIssue {
  readonly path: string
  readonly message: string
}

/** Which fields an error is about. */
export interface FaableErrorDetails {
  readonly fields: readonly string[]
  readonly issues?: readonly FieldIssue[]
}

/** A refusal of the management API; becomes `{status, message, error_code, docs, details}`. */
export class FaableError extends Error {
  override readonly name = 'FaableError'
  readonly code: FaableErrorCode
  readonly details: FaableErrorDetails | undefined

  constructor(
    code: FaableErrorCode,
    message: string,
    options: ErrorOptions & { readonly details?: FaableErrorDetails } = {},
  ) {
    super(message, options)
    this.code = code
    this.details = options.details
  }
}

/** `validation_error`, with every field that failed. */
export function invalidFields(...issues: readonly FieldIssue[]): FaableError {
  const fields = [...new Set(issues.map(({ path }) => path))]
  return new FaableError('validation_error', `Check ${fields.join(', ')}.`, { details: { fields, issues } })
}
