/** The vendor's error codes, as far as this sandbox answers with them. */
export type ErrorCode =
  | 901
  | 902
  | 920
  | 921
  | 922
  | 923
  | 6002
  | 7900
  | 7909
  | 7914
  | 8118
  | 8119
  | 8131
  | 8132
  | 8143
  | 8168
  | 8170
  | 8180

/** Status and words of each code. The words are the vendor's; from 6002 on the statuses are assumed. */
export const errorKinds: Readonly<Record<ErrorCode, { readonly status: number; readonly message: string }>> =
  {
    901: { status: 403, message: 'The API key is unauthorized' },
    902: { status: 401, message: 'The API secret is unauthorized' },
    920: { status: 400, message: 'API key is invalid' },
    921: { status: 400, message: 'API secret is invalid' },
    922: { status: 400, message: 'API key is missing' },
    923: { status: 400, message: 'API secret is missing' },
    6002: { status: 401, message: 'Access Unauthorized' },
    7900: { status: 400, message: 'A parameter is not formatted correctly' },
    7909: { status: 500, message: 'Operation failed due to an internal error' },
    7914: { status: 400, message: 'Post body is invalid' },
    8118: { status: 404, message: 'Organization not found' },
    // Assumed altogether: no page names a code for the other things that can be missing.
    8119: { status: 404, message: 'Record not found' },
    8131: { status: 400, message: 'User id is required' },
    8132: { status: 404, message: 'User does not exist' },
    8143: { status: 400, message: 'Role does not belong to tenant' },
    8168: { status: 400, message: 'Failed to fetch Domain TXT record' },
    8170: { status: 409, message: 'User already exist in an organization' },
    8180: { status: 400, message: 'Organization is not active' },
  }

/** A refusal of the API; becomes `{"ErrorCode","Message","Description"}`. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ErrorCode
  readonly status: number

  /** @param options `status` where the vendor's tables name more than one */
  constructor(
    code: ErrorCode,
    description: string,
    options: ErrorOptions & { readonly status?: number } = {},
  ) {
    super(description, options)
    this.code = code
    this.status = options.status ?? errorKinds[code].status
  }
}

/** More than the tenant may ask; its body is not always JSON, so it is not one of the codes. */
export class TooManyRequests extends Error {
  override readonly name = 'TooManyRequests'
}
