import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { listenOnLoopback } from './loopback-server.ts'
import { answersJson, type Mood } from './mood.ts'
import { createScriptedEndpoint, type ScriptedEndpoint } from './scripted-endpoint.ts'

/** An OAuth 2.0 token endpoint under the control of a test. It judges nothing: it records and answers. */
export interface TestTokenEndpoint extends ScriptedEndpoint, AsyncDisposable {
  /** Where to send token requests. */
  readonly url: string
  /** Every token handed out so far, in order: what must never show up anywhere else. */
  readonly issued: readonly string[]
  /**
   * The good answer (RFC 6749 5.1) with a new token `minted-<n>-<random>`, with `overrides` laid over it; a
   * member set to `undefined` is left out. A line break in a token, a lifetime as text and the like go here.
   */
  ok(overrides?: Record<string, unknown>): Mood
  close(): Promise<void>
}

/** Starts a token endpoint at `/oauth2/token` of a free loopback port; tokens live `expiresInSeconds` (3600). */
export async function startTokenEndpoint(
  options: { readonly expiresInSeconds?: number } = {},
): Promise<TestTokenEndpoint> {
  const issued: string[] = []
  function ok(overrides: Record<string, unknown> = {}): Mood {
    return (response, request) => {
      const token = `minted-${issued.length + 1}-${randomBytes(12).toString('hex')}`
      const body = {
        access_token: token,
        token_type: 'Bearer',
        expires_in: options.expiresInSeconds ?? 3600,
        ...overrides,
      }
      issued.push(typeof body.access_token === 'string' ? body.access_token : token)
      answersJson(body, 200, { 'cache-control': 'no-store' })(response, request)
    }
  }
  const endpoint = createScriptedEndpoint(ok())
  const server = await listenOnLoopback(createServer(endpoint.handle))
  return Object.assign(endpoint, {
    url: `http://${server.authority}/oauth2/token`,
    issued,
    ok,
    close: server.close,
    [Symbol.asyncDispose]: server.close,
  })
}
