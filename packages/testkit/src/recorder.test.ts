import { expect, test } from 'vitest'
import { fieldValues } from './fields.ts'
import { rawAnswer, resetsConnection, sendsThenCloses, staysSilent } from './raw-answer.ts'
import { connectRaw, sendRaw } from './raw-client.ts'
import { startRecorder } from './recorder.ts'

const get = (target: string) => `GET ${target} HTTP/1.1\r\nhost: u1\r\n\r\n`

test('requests are kept byte for byte, and a connection is kept alive', async () => {
  await using recorder = await startRecorder()
  const post = 'POST /b?x=1 HTTP/1.1\r\nHOST: u1\r\nX-a: 1\r\nx-A: 2\r\ncontent-length: 3\r\n\r\nabc'
  const { responses } = await sendRaw(recorder, get('/a') + post, ['GET', 'POST'])
  expect(responses.map((response) => [response.status, response.text])).toEqual([
    [200, '{"ok":true}'],
    [200, '{"ok":true}'],
  ])
  expect(recorder.connections).toBe(1)
  expect(recorder.bytes().toString()).toBe(get('/a') + post)
  expect(recorder.requests[1]).toMatchObject({ method: 'POST', target: '/b?x=1', connection: 0 })
  expect(fieldValues(recorder.requests[1]?.headers ?? [], 'x-a')).toEqual(['1', '2'])
  expect(recorder.requests[1]?.body.toString()).toBe('abc')
})

test('a chunked body is put together, also when it arrives byte by byte', async () => {
  await using recorder = await startRecorder()
  await using connection = await connectRaw(recorder)
  const head = 'POST / HTTP/1.1\r\nhost: u1\r\ntransfer-encoding: chunked\r\n\r\n'
  for (const byte of `${head}3\r\nabc\r\nA\r\n0123456789\r\n0\r\nx-sum: 1\r\n\r\n`)
    await connection.write(byte)
  expect((await connection.read(['POST'])).ending).toBe('answered')
  expect(recorder.requests[0]?.body.toString()).toBe('abc0123456789')
  expect(recorder.requests[0]?.trailers).toEqual([['x-sum', '1']])
})

test.each([
  ['both kinds of framing', 'content-length: 1\r\ntransfer-encoding: chunked\r\n'],
  ['two lengths', 'content-length: 1\r\ncontent-length: 1\r\n'],
  ['a length with a sign', 'content-length: +1\r\n'],
  ['a length with leading zeros', 'content-length: 01\r\n'],
  ['an unknown coding', 'transfer-encoding: xchunked\r\n'],
  ['a folded field', 'x-a: 1\r\n  2\r\n'],
  ['a space before the colon', 'content-length : 1\r\n'],
  ['a bare line feed', 'x-a: 1\nx-b: 2\r\n'],
])('%s is a violation, and the connection is cut', async (_name, fields) => {
  await using recorder = await startRecorder()
  const { ending } = await sendRaw(recorder, `POST / HTTP/1.1\r\nhost: u1\r\n${fields}\r\n1`)
  expect(ending).not.toBe('timeout')
  expect(ending).not.toBe('answered')
  expect(recorder.violations).toHaveLength(1)
  expect(recorder.requests).toHaveLength(0)
})

test('it answers with the bytes it was given, by request', async () => {
  await using recorder = await startRecorder()
  recorder.answerWith((request) => rawAnswer(request.target === '/gone' ? 410 : 204, '', { 'x-u': 'u1' }))
  const { responses } = await sendRaw(recorder, get('/gone') + get('/'), ['GET', 'GET'])
  expect(responses.map((response) => response.status)).toEqual([410, 204])
  expect(responses[0]?.header('X-U')).toBe('u1')
})

test('it can reset, break off and stay silent', async () => {
  await using recorder = await startRecorder()
  recorder.answerWith(resetsConnection())
  expect((await sendRaw(recorder, get('/'))).ending).toBe('reset')
  recorder.answerWith(sendsThenCloses('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'))
  const broken = await sendRaw(recorder, get('/'))
  expect([broken.ending, broken.responses.length, broken.rest.toString().slice(-4)]).toEqual([
    'closed',
    0,
    'half',
  ])
  recorder.answerWith(staysSilent())
  expect((await sendRaw({ port: recorder.port, timeoutMs: 50 }, get('/'))).ending).toBe('timeout')
})

test('an upload that is broken off is counted and never becomes a request', async () => {
  await using recorder = await startRecorder()
  const connection = await connectRaw(recorder)
  await connection.write('POST / HTTP/1.1\r\nhost: u1\r\ncontent-length: 9\r\n\r\nhalf')
  await expect.poll(() => recorder.bytes().includes('half')).toBe(true)
  await connection.close()
  await expect.poll(() => recorder.incomplete).toBe(1)
  expect(recorder.requests).toHaveLength(0)
})

test('a test can wait for what is on its way', async () => {
  await using recorder = await startRecorder()
  const both = recorder.received(2)
  await sendRaw(recorder, get('/1'))
  await sendRaw(recorder, get('/2'))
  expect((await both).map((request) => request.target)).toEqual(['/1', '/2'])
  recorder.forget()
  expect(recorder.requests).toHaveLength(0)
  expect(recorder.bytes()).toHaveLength(0)
})
