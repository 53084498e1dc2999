import { wholly } from './matchers.ts'

/** What the examples of token answers hold. */
export const exampleToken = 'eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl'

/** An `access_token` (RFC 6749 A.12) that fits into a header field. */
export const anyToken = wholly(/[\w.~+/=-]{1,16384}/, exampleToken)

/** `token_type`, whose case does not matter (RFC 6749 5.1). */
export const bearerType = wholly(/[Bb]earer/, 'Bearer')
