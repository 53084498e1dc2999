import { rawAnswer } from '@countersign/testkit'
import { beforeEach, expect, it } from 'vitest'
import { request } from '../support/request.ts'
import { shareWorld } from '../support/share-world.ts'
import { openStage, type Stage } from '../support/stage.ts'

const rules = [
  { upstream: 'u1', operations: ['things.get'], limit: '2/day' },
  { upstream: 'u1', operations: ['things.*'] },
  { upstream: 'u1', operations: ['still.dots'], mode: 'shadow', when: 'request.path.name == "only"' },
]

let stage: Stage
shareWorld(
  () =>
    openStage({
      adapt: ({ services }) => Object.assign(services['svc-a'] as object, { allow: rules }),
    }),
  (opened) => {
    stage = opened
  },
)
beforeEach(() => {
  stage.first.forget()
  stage.first.answerWith(rawAnswer(200, 'fine'))
})

/** Sends one request and returns its answer. */
async function send(line: string) {
  const { responses } = await stage.caller.send(request(line))
  const [response] = responses
  if (!response) throw new Error('no answer')
  return response
}

it('a limit is answered with 429 and when to come back, and a later rule is not tried', async () => {
  expect((await send('GET /u1/things/1')).status).toBe(200)
  expect((await send('GET /u1/things/2')).status).toBe(200)
  const answer = await send('GET /u1/things/3')
  expect(answer.status).toBe(429)
  expect(answer.header('retry-after')).toMatch(/^8(6400|6[0-3]\d\d)$/)
  expect(answer.header('ratelimit-policy')).toBe('"rule";q=2;w=86400')
  expect(answer.header('ratelimit')).toMatch(/^"rule";r=0;t=8(6400|6[0-3]\d\d)$/)
  expect((await send('DELETE /u1/things/3')).status).toBe(200)
  expect(stage.first.requests).toHaveLength(3)
})

it('shadow lets a would-be denial through, says so in the record, counts it, and warned at the start', async () => {
  expect((await send('GET /u1/v1/other')).status).toBe(200)
  expect(stage.audit().at(-1)).toMatchObject({
    verdict: 'shadow',
    scopes: ['still'],
    detail: 'svc-a allow[2]: its condition is false',
  })
  expect(await stage.metrics()).toContain(
    'countersign_shadowed_total{service="svc-a",upstream="u1",operation="still.dots"} 1',
  )
  expect(stage.gateway.stderr()).toMatch(/"level":40.*svc-a allow\[2\] is in shadow/)
})
