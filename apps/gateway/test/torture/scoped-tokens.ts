import { answersJson, type Mood, type ScriptedEndpoint } from '@countersign/testkit'

/** What a token was asked for. */
export interface ScopedToken {
  readonly audience: string
  readonly scopes: readonly string[]
  readonly number: number
}

/** Answers token requests with tokens that say what they were asked for. */
export function issuesScopedTokens(endpoint: ScriptedEndpoint, expiresInSeconds: number): Mood {
  let number = 0
  return (response, request) => {
    const asked = new URLSearchParams(endpoint.requests.at(-1)?.body)
    number += 1
    const token = { audience: asked.get('audience'), scopes: asked.get('scope')?.split(' ') ?? [], number }
    const text = Buffer.from(JSON.stringify(token)).toString('base64url')
    const answer = { access_token: text, token_type: 'Bearer', expires_in: expiresInSeconds }
    if (endpoint.count > 1000) endpoint.forget()
    answersJson(answer)(response, request)
  }
}

/** What such a token says; `undefined` for anything else. */
export function readToken(text: string): ScopedToken | undefined {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}
