import { expect, test } from 'vitest'
import { readResponses } from './raw-response.ts'

const read = (text: string, methods: string[], closed = false) =>
  readResponses(Buffer.from(text, 'latin1'), methods, closed)

test('an answer to HEAD, a 204 and a 304 have no content, whatever they promise', () => {
  const bare = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nHTTP/1.1 204 No\r\n\r\nHTTP/1.1 304 Same\r\n\r\n'
  const { responses, rest } = read(bare, ['HEAD', 'GET', 'GET'])
  expect(responses.map((response) => response.status)).toEqual([200, 204, 304])
  expect(rest).toHaveLength(0)
})

test('content that should not be there is left over, where a test sees it', () => {
  const { responses, rest } = read('HTTP/1.1 204 No\r\ncontent-length: 4\r\n\r\nevil', ['GET'])
  expect(responses).toHaveLength(1)
  expect(rest.toString()).toBe('evil')
})

test('interim answers are counted apart, 101 is final', () => {
  const { responses } = read('HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 101 Up\r\n\r\n', ['GET'])
  expect(responses[0]).toMatchObject({ status: 101, interim: [100] })
})

test('an answer without framing ends with the connection', () => {
  const text = 'HTTP/1.1 200 OK\r\n\r\nall of it'
  expect(read(text, ['GET']).responses).toHaveLength(0)
  expect(read(text, ['GET'], true).responses[0]?.text).toBe('all of it')
})

test('half an answer and no HTTP at all are no answers', () => {
  expect(read('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf', ['GET'], true).responses).toHaveLength(0)
  expect(read('SSH-2.0-x\r\n\r\n', ['GET'], true).rest.toString()).toBe('SSH-2.0-x\r\n\r\n')
})
