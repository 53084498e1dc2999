import { once } from 'node:events'
import type { RequestListener, Server } from 'node:http'
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
const ways = Object.keys(applications).flatMap((name) => [
  { name, tls: undefined, over: 'TCP' },
  { name, tls: certificate, over: 'TLS' },
])

let server: Server
let near: RawConnection
async function connectTo(name: string, tls: typeof certificate | undefined): Promise<void> {
  const timeouts = { headMs: 30_000, requestMs: 60_000, idleMs: 1_000 }
  const app = applications[name] as RequestListener
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

describe.each(ways)('an answer of $name over $over', ({ name, tls }) => {
  it('that its caller does not take is cut off at the idle bound of the listener', async () => {
    await connectTo(name, tls)
    near.socket.pause()
    await near.write(request)
    await expect
      .poll(() => new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count))))
      .toBe(0)
  })

  it('says Connection: close when its server has stopped listening meanwhile', async () => {
    await connectTo(name, tls)
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
