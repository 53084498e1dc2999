import { connect, type Socket } from 'node:net'
import { rawAnswer, startProcess } from '@countersign/testkit'
import { expect, it, onTestFinished, vi } from 'vitest'
import { main } from './support/gateway-process.ts'
import { openStage } from './support/stage.ts'

it('file descriptors run out: that is told, is not blamed on the upstream, and is over when some are free', async () => {
  await using stage = await openStage()
  const limited = ['-c', 'ulimit -n 64 && exec "$@"', 'sh', process.execPath, main]
  const serve = ['serve', stage.folder, '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']
  await using gateway = await startProcess('sh', [...limited, ...serve], { ready: /"msg":"listening"/ })
  const port = Number(new URL((JSON.parse(gateway.readyLine) as { data: string }).data).port)
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
  const refused = (await second.read(['GET', 'GET'])).responses[1]
  expect([refused?.status, JSON.parse(refused?.text ?? '').code]).toEqual([503, 'gateway.exhausted'])
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
