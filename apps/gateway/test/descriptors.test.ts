import { connect, type Socket } from 'node:net'
import { rawAnswer, sendsThenCloses, startProcess } from '@countersign/testkit'
import { expect, it, onTestFinished, vi } from 'vitest'
import { main } from './support/gateway-process.ts'
import { openStage } from './support/stage.ts'

/** An issuer that has published no key yet: a token of it makes the gateway ask. */
const newcomer = 'https://newcomer.example'

it('file descriptors run out: that is told, is blamed on no one else, and is over when some are free', async () => {
  await using stage = await openStage({
    adapt({ issuers, services }, { second }) {
      second.answerWith(sendsThenCloses(rawAnswer(200, '{"keys":[]}', { connection: 'close' })))
      issuers.newcomer = { kind: 'jwt', issuer: newcomer, jwks: `${second.url}/jwks` }
      const { identities } = services['svc-a'] as { identities: object[] }
      identities.push({ issuer: 'newcomer', subject: 'svc-a' })
    },
  })
  const limited = ['-c', 'ulimit -n 64 && exec "$@"', 'sh', process.execPath, main]
  const serve = ['serve', stage.folder, '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']
  await using gateway = await startProcess('sh', [...limited, ...serve], { ready: /"msg":"listening"/ })
  const { data, admin } = JSON.parse(gateway.readyLine) as { data: string; admin: string }
  const port = Number(new URL(data).port)
  await vi.waitFor(async () => {
    const ready = await fetch(`${admin}/readyz`, { headers: { connection: 'close' } })
    expect(await ready.json()).toMatchObject({ issuers: { cluster: 'ok', newcomer: 'ok' } })
  }, 30_000)
  const get = (path: string) =>
    stage.caller.fill(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer $J\r\n\r\n`)

  // The token is there, the one connection to the upstream is in use, and two callers have theirs.
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  stage.first.answerWith(async () => {
    asked.resolve()
    await answer.promise
    return rawAnswer(200, 'fine')
  })
  const second = await stage.caller.connect({ port })
  await second.write(get('/nowhere'))
  expect((await second.read(['GET'])).responses[0]?.status).toBe(404)
  const first = await stage.caller.connect({ port })
  await first.write(get('/u1/public/x'))
  await asked.promise

  const ofNewcomer = await stage.caller.token({ iss: newcomer })
  const idle: Socket[] = []
  const closeIdle = () => {
    for (const socket of idle) socket.destroy()
  }
  onTestFinished(closeIdle)
  let closed = 0
  for (let n = 0; n < 100; n += 1) {
    const socket = connect(port, '127.0.0.1')
    socket
      .on('error', () => {})
      .once('close', () => {
        closed += 1
      })
    idle.push(socket)
  }
  await vi.waitFor(() => expect(closed).toBeGreaterThan(0), 30_000)
  await second.write(get('/u1/public/x'))
  await second.write(get('/u1/public/x').replace(stage.caller.fill('$J'), ofNewcomer))
  const [, ...refused] = (await second.read(['GET', 'GET', 'GET'])).responses
  const exhausted = expect.objectContaining({ status: 503, code: 'gateway.exhausted', owner: 'operator' })
  expect(refused.map(({ text }) => JSON.parse(text))).toEqual([exhausted, exhausted])
  await gateway.line(/no file descriptors are left/)
  stage.write('countersign.yaml', `${JSON.stringify(stage.configuration)} `)
  await gateway.line(/cannot be read \(EMFILE\)/)

  closeIdle()
  await gateway.line(/file descriptors are left again/)
  await gateway.line(/a changed configuration is in force/)
  answer.resolve()
  expect((await first.read(['GET'])).responses[0]?.status).toBe(200)
  expect(await gateway.stop()).toBe(0)
}, 120_000)
