// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written as they stand in YAML
import { rawAnswer } from '@countersign/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { openStage, type Stage } from '../support/stage.ts'

let stage: Stage
afterEach(() => stage[Symbol.asyncDispose]())

const token = JSON.stringify({ access_token: 'minted-by-recorder', token_type: 'Bearer', expires_in: 60 })
const tokenAnswer = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${token.length}\r\n\r\n${token}`

async function open(): Promise<void> {
  stage = await openStage({
    adapt(usual, { first }) {
      const credential = { client_id: 'gateway-at-u1', client_secret: '${file:./u1.secret}' }
      usual.upstreams.u1 = { preset: 'authaction', url: first.url, credential }
      Object.assign(usual.services['svc-a'] as object, {
        allow: [{ upstream: 'u1', operations: ['users.*'] }],
      })
    },
  })
}
async function call(): Promise<string> {
  const { bytes } = await stage.caller.send(
    'GET /u1/api/v1/users HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer $J\r\nConnection: close\r\n\r\n',
  )
  return bytes.toString('latin1')
}
const targets = () => stage.first.requests.map(({ target }) => target)

describe('a token endpoint that moved', () => {
  it.each([404, 405])('%d: the other address is asked once, and remembered', async (status) => {
    await open()
    let answersApi = 401
    stage.first.answerWith(({ target }) => {
      if (target === '/oauth2/m2m/token') return rawAnswer(status, '')
      return target === '/oauth/m2m/token' ? tokenAnswer : rawAnswer(answersApi, 'x')
    })
    await call()
    expect(targets()).toEqual([
      '/oauth2/m2m/token',
      '/oauth/m2m/token',
      '/api/v1/users',
      '/oauth/m2m/token',
      '/api/v1/users',
    ])
    answersApi = 200
    stage.first.forget()
    expect(await call()).toMatch(/^HTTP\/1.1 200 /)
    const [asked] = stage.first.requests
    expect(asked?.target).toBe('/api/v1/users')
  })

  it('at neither address: the fault of the first, and both are asked again later', async () => {
    await open()
    stage.first.answerWith(rawAnswer(404, ''))
    expect(await call()).toMatch(/^HTTP\/1.1 502 [\s\S]*mint.invalid-response/)
    expect(targets()).toEqual(['/oauth2/m2m/token', '/oauth/m2m/token'])
  })

  it('a refusal is a refusal, and not an address to leave', async () => {
    await open()
    stage.first.answerWith(rawAnswer(401, '{}'))
    await call()
    expect(targets()).toEqual(['/oauth2/m2m/token'])
  })
})

it('asks for the origin as audience, and says what a 401 of the API most likely means', async () => {
  await open()
  stage.first.answerWith(({ target }) =>
    target === '/oauth2/m2m/token' ? tokenAnswer : rawAnswer(401, 'no'),
  )
  const answer = await call()
  expect(JSON.parse(stage.first.requests[0]?.body.toString() ?? '')).toMatchObject({
    audience: stage.first.url,
  })
  const problem = JSON.parse(answer.split('\r\n\r\n')[1] ?? '') as Record<string, unknown>
  expect(problem).toMatchObject({ status: 502, code: 'mint.rejected-by-upstream', owner: 'upstream' })
  expect(problem.title).toBe('The upstream refuses the token that its own token endpoint issued.')
  expect(problem.detail).toMatch(/not granted the Management API/)
})
