import { fieldValues, type RawAnswer, rawAnswer } from '@countersign/testkit'

const head = 'HTTP/1.1 200 OK\r\n'
const small = rawAnswer(200, '{"ok":true}', { 'content-type': 'application/json' })

/** Answers of an upstream that is not always at its best. By the request id, so that a case gets the same one again. */
export function moodyAnswers(): RawAnswer {
  return (request, socket) => {
    if (request.method === 'HEAD') return small.slice(0, small.indexOf('\r\n\r\n') + 4)
    switch (mood(fieldValues(request.headers, 'x-request-id').join())) {
      case 0:
        return `${head}Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX-Trailer: x\r\n\r\n`
      case 1:
        return `HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${small}`
      case 2:
        return 'HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nbody'
      case 3:
        socket.end(`${head}Content-Length: 10\r\n\r\nhalf`)
        return undefined
      case 4:
        socket.resetAndDestroy()
        return undefined
      case 5:
        return `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n`
      case 6:
        return `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`
      case 7:
        return rawAnswer(302, '', {
          Location: 'https://evil.test/',
          'Set-Cookie': 'a=b',
          Connection: 'x-hop',
          'X-Hop': '1',
        })
      default:
        return small
    }
  }
}

function mood(text: string): number {
  let sum = 7
  for (let at = 0; at < text.length; at++) sum = (sum * 31 + text.charCodeAt(at)) % 9973
  return sum % 60
}
