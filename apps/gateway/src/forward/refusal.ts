import { isJsonObject, parseStrictJson, type RefusalReason } from '@countersign/auth-core'
import { decodeContent } from './decode-content.ts'

/** Which answers of an upstream are about the gateway's own credential, and so not for the caller. */
export interface RefusalReader {
  /** Must an answer with this status be read before any of it is handed on? */
  mayBeOne(status: number): boolean
  /** Why the credential was refused; `undefined` for an answer that is the caller's after all. */
  read(status: number, body: Buffer, encoding: string | undefined): RefusalReason | undefined
}

/** A 401 is about our token, always: the caller's own never gets that far. */
export const everyUnauthorized: RefusalReader = {
  mayBeOne: (status) => status === 401,
  read: () => 'token',
}

/** Words by which an upstream says more than the status does. */
export interface RefusalWords {
  /** In `error_code` or `message` of a 401 or 403: the token is for another audience. */
  readonly mismatch?: string | undefined
  /** `code` of a 401: the token will never work again. */
  readonly dead?: readonly string[] | undefined
}

/** A reader for an upstream that tells reasons apart in its error body. */
export function createRefusalReader({ mismatch, dead = [] }: RefusalWords): RefusalReader {
  if (mismatch === undefined && dead.length === 0) return everyUnauthorized
  return {
    mayBeOne: (status) => status === 401 || (status === 403 && mismatch !== undefined),
    read(status, body, encoding) {
      const error = errorOf(body, encoding)
      const says = (member: string) => (typeof error[member] === 'string' ? error[member] : '')
      if (mismatch !== undefined && `${says('error_code')} ${says('message')}`.includes(mismatch))
        return 'audience'
      if (status !== 401) return undefined
      return dead.includes(says('code')) ? 'dead' : 'token'
    },
  }
}

/** The members of a JSON error body; none when it is anything else. */
function errorOf(body: Buffer, encoding: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const document = parseStrictJson(decodeContent(body, encoding, maxOutputLength).toString('utf8'))
    return isJsonObject(document) ? document : {}
  } catch {
    return {}
  }
}

const maxOutputLength = 64 * 1024
