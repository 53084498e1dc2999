import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connectRaw, type RawConnection } from '@countersign/testkit'
import { Router } from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { makeCertificate } from '../../test/support/certificate.ts'
import { createPublic } from '../public.ts'
import { createDataServer } from './data-server.ts'

/** More than the system takes for a caller that reads nothing. */
const large = Buffer.alloc(48 * 1024 * 1024, 'x')
const request = 'GET /page HTTP/1.1\r\nHost: g\r\n\r\n'

const applications: Readonly<Record<string, RequestListener>> = {
  'a handler of its own': (req, res) => {
    res.end(req.url === '/page' ? large : 'small')
  },
  Express: createPublic([
    Router().get('/page', (_req, res) => void res.send(large)),
    Router().get('/small', (_req, res) => void res.json({ size: 'small' })),
  ]),
}
const certificate = await makeCertificate()
const ways = Object.entries(applications).flatMap(([name, app]) => [
  { name, app, tls: undefined, over: 'TCP' },
  { name, app, tls: certificate, over: 'TLS' },
])

let server: Server
let near: RawConnection
async function connectTo(app: RequestListener, tls?: typeof certificate): Promise<void> {
  const timeouts = { headMs: 30_000, requestMs: 60_000, idleMs: 1_000 }
  server = createDataServer(app, { tls: tls && { ...tls }, timeouts, onUnparsed() {} })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  near = await connectRaw({ port, ...(tls && { tls: { ca: tls.cert, servername: 'localhost' } }) })
}
afterEach(async () => {
  await near.close()
  server.closeAllConnections()
  server.close()
})

describe.each(ways)('an answer of $name over $over', ({ app, tls }) => {
  it('that its caller does not take is cut off at the idle bound of the listener', async () => {
    await connectTo(app, tls)
    near.socket.pause()
    await near.write(request)
    await expect
      .poll(() => new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count))))
      .toBe(0)
  })

  it('says Connection: close when its server has stopped listening meanwhile', async () => {
    await connectTo(app, tls)
    await near.write(`${request.replace('/page', '/small')}GET /small HTTP/1.1\r\n`)
    const { responses: before } = await near.read(['GET'])
    expect(before[0]?.header('connection')).toBe('keep-alive')
    server.close()
    await near.write('Host: g\r\n\r\n')
    const { responses } = await near.read(['GET', 'GET'])
    expect(responses.map(({ status }) => status)).toEqual([200, 200])
    expect(responses[1]?.header('connection')).toBe('close')
  })
})

it('requests are handled in the context that an instrumented server gives each, pipelined ones as well', async () => {
  const context = new AsyncLocalStorage<string>()
  await connectTo((_req, res) => void res.end(context.getStore()))
  const emit = server.emit.bind(server)
  server.emit = (event: string, ...args: unknown[]) => {
    const url = args[0] instanceof IncomingMessage ? args[0].url : undefined
    return context.run(url ?? 'no request', () => emit(event, ...args))
  }
  await near.write(['/1', '/2', '/3'].map((path) => request.replace('/page', path)).join(''))
  const { responses } = await near.read(['GET', 'GET', 'GET'])
  expect(responses.map(({ body }) => body.toString())).toEqual(['/1', '/2', '/3'])
})
