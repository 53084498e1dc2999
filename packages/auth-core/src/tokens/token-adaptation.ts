/** Where an upstream's token endpoint departs from RFC 6749; a preset fills it in. */
export interface TokenAdaptation {
  /**
   * The body of an answer, good or bad, in the words of RFC 6749 5.1 and 5.2: `accessToken` becomes
   * `access_token`, `error_code` becomes `error`. Sees every JSON object; returns a new one.
   */
  readonly normalise?: (body: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
  /**
   * Statuses that mean `mint.refused` here whatever the body says, besides 401. An upstream that answers 404
   * for an unknown client lists 404.
   */
  readonly refusedStatuses?: readonly number[]
}
