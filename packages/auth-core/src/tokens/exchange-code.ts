import { Fault } from '../fault.ts'
import type { Fetch } from '../fetch.ts'
import { Secret } from '../secret.ts'
import type { ConsentFlow } from './consent-flow.ts'
import type { Credential } from './credential.ts'
import { readAnswer } from './read-answer.ts'

/** What a code of a consent was exchanged for. */
export interface ExchangedToken {
  readonly token: Secret
  readonly accountId: string | undefined
}

/** What the exchange needs. */
export interface CodeExchange {
  readonly flow: ConsentFlow
  readonly credential: Credential
  /** As it came back, once decoded. */
  readonly code: string
  readonly fetch: Fetch
}

/**
 * Exchanges the code of a consent for the account's token: one `POST` with HTTP Basic (RFC 7617) and an empty
 * body, the code in the path.
 *
 * @throws {Fault} `mint.unavailable`, `mint.refused`, `mint.invalid-response`; none of them quotes code or body
 */
export async function exchangeCode({ flow, credential, code, fetch }: CodeExchange): Promise<ExchangedToken> {
  const url = flow.exchange.replace('{code}', () => encodeURIComponent(code))
  const { status, body } = await readAnswer(await send(fetch, url, credential))
  if (status === 408 || status === 429 || status >= 500) {
    throw new Fault('mint.unavailable', { detail: `the code's exchange was answered ${status}` })
  }
  if (status !== 200 && status !== 201) {
    throw new Fault('mint.refused', {
      says: `The upstream does not exchange the code (it answered ${status}${named(body?.code)}): it has been used, it is too old, or the client's credential is wrong.`,
    })
  }
  const token = body?.[flow.answer.token]
  if (typeof token !== 'string' || !/^[\x21-\x7e]{1,16384}$/.test(token)) {
    throw new Fault('mint.invalid-response', { detail: `the answer has no usable ${flow.answer.token}` })
  }
  const id = flow.answer.accountId === undefined ? undefined : body?.[flow.answer.accountId]
  return { token: new Secret(token), accountId: idOf(id) }
}

async function send(fetch: Fetch, url: string, { clientId, clientSecret }: Credential): Promise<Response> {
  const basic = Buffer.from(`${clientId}:${clientSecret?.reveal()}`).toString('base64')
  const headers = {
    authorization: `Basic ${basic}`,
    accept: 'application/json',
    'user-agent': 'countersign',
  }
  try {
    return await fetch(url, { method: 'POST', headers, redirect: 'manual' })
  } catch {
    // The cause may quote the address, and the code is in it.
    throw new Fault('mint.unavailable', { detail: "the code's exchange was not answered" })
  }
}

/** ` invalid.code`: where it looks like a code; free text may quote what was sent. */
function named(error: unknown): string {
  return typeof error === 'string' && /^[a-z][a-z0-9_.-]{0,47}$/i.test(error) ? ` ${error}` : ''
}

/** An id that is a number or text; a number that JSON has rounded is none. */
function idOf(id: unknown): string | undefined {
  if (Number.isSafeInteger(id)) return String(id)
  return typeof id === 'string' && /^[\x21-\x7e]{1,128}$/.test(id) ? id : undefined
}
