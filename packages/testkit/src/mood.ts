import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'

/** How an endpoint answers one request: well, badly, slowly or never. */
export type Mood = (response: ServerResponse, request: IncomingMessage) => void

/** Answers `body` as JSON. */
export function answersJson(body: unknown, status = 200, headers: Record<string, string> = {}): Mood {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
}

/** Answers a bare status, with an optional body that is sent as it is. */
export function answersStatus(status: number, body = '', headers: Record<string, string> = {}): Mood {
  return (response) => {
    response.writeHead(status, headers).end(body)
  }
}

/** Answers a web page, as a captive portal or a proxy's error page would. */
export function answersHtml(status = 200): Mood {
  return answersStatus(status, '<!doctype html><title>Sorry</title><p>Sorry</p>', {
    'content-type': 'text/html',
  })
}

/** Sends the client elsewhere. */
export function redirects(location: string, status = 302): Mood {
  return answersStatus(status, '', { location })
}

/** Takes the request and never says a word; the connection stays open until the server is closed. */
export function hangs(): Mood {
  return () => undefined
}

/** Cuts the connection with a TCP reset before any answer. */
export function resets(): Mood {
  return (response) => {
    response.socket?.resetAndDestroy()
  }
}

/** Promises more than it sends: the head and half of the body, then the connection is cut. */
export function truncates(body = '{"keys":[],"access_token":"half"}'): Mood {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    response.write(body.slice(0, body.length / 2), () => response.socket?.destroy())
  }
}

/** Answers valid JSON of about `bytes` bytes without end in sight (no `Content-Length`). */
export function answersHuge(bytes = 64 * 1024 * 1024): Mood {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    Readable.from(longJson(bytes)).pipe(response)
  }
}

/** Answers `text` one byte every `everyMs` milliseconds: always alive, never done. */
export function trickles(text = '{"keys":[],"access_token":"slow"}'.padEnd(4096), everyMs = 100): Mood {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    let sent = 0
    const timer = setInterval(() => {
      if (sent < text.length) response.write(text.charAt(sent++))
      else response.end()
    }, everyMs)
    response.once('close', () => clearInterval(timer))
  }
}

/** Answers a small gzip body that unpacks to valid JSON of about `bytes` bytes. */
export function answersGzipBomb(bytes = 64 * 1024 * 1024): Mood {
  return (response) => {
    const bomb = gzipSync(Buffer.concat([Buffer.from('{"a":"'), Buffer.alloc(bytes, 'a'), Buffer.from('"}')]))
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb)
  }
}

function* longJson(bytes: number): Generator<Buffer> {
  const block = Buffer.alloc(64 * 1024, 'a')
  yield Buffer.from('{"a":"')
  for (let sent = 0; sent < bytes; sent += block.length) yield block
  yield Buffer.from('"}')
}
