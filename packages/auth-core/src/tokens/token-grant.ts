import type { SubjectToken } from './subject-token.ts'

/** `grant_type`s by which a token is asked for without a person (RFC 6749 4.4, RFC 8693 2.1). */
export type TokenGrantType = 'client_credentials' | 'token_exchange'

/** The only kind of token that is asked for, and taken, in exchange (RFC 8693 3). */
export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

/** How a `grant_type` is written, and what it adds to the request. */
export interface TokenGrant {
  readonly urn: string
  readonly parameters: (
    subject: SubjectToken | undefined,
    subjectTokenType: string | undefined,
  ) => Readonly<Record<string, string>>
}

/** Every `grant_type`. */
export const tokenGrants: Readonly<Record<TokenGrantType, TokenGrant>> = {
  client_credentials: { urn: 'client_credentials', parameters: () => ({}) },
  token_exchange: {
    urn: 'urn:ietf:params:oauth:grant-type:token-exchange',
    parameters(subject, subjectTokenType = 'urn:ietf:params:oauth:token-type:jwt') {
      if (subject === undefined) throw new TypeError('an exchange was begun without a subject token')
      return {
        subject_token: subject.token.reveal(),
        subject_token_type: subjectTokenType,
        requested_token_type: accessTokenType,
      }
    },
  },
}
