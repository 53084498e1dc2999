import type { IncomingMessage } from 'node:http'
import { Fault } from '@countersign/auth-core'
import { assertOneHost } from './host-field.ts'
import { queryNames } from './query-names.ts'

/** What is looked at of a request that may not have been made. */
export type AdmittedRequest = Pick<
  IncomingMessage,
  'httpVersion' | 'method' | 'url' | 'headers' | 'rawHeaders'
>

/**
 * What is judged of a request before anyone asks who sent it: is there only one way to read it, and is it
 * something that this gateway does at all?
 *
 * The parser has refused what it cannot read. This refuses what it reads and another server may read otherwise.
 *
 * @throws {Fault} `request.malformed`, `request.unsupported`, `request.expectation`
 */
export function admit(req: AdmittedRequest): void {
  if (req.httpVersion !== '1.1' && req.httpVersion !== '1.0') {
    throw new Fault('request.unsupported', { says: 'This gateway speaks HTTP/1.1.' })
  }
  assertOneHost(req)
  assertPlainFraming(req)
  const { expect } = req.headers
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') throw new Fault('request.expectation')
  if (req.method === 'CONNECT') throw new Fault('request.unsupported', { says: 'This is no forward proxy.' })
  assertMethodStands(req.url)
}

/** The method is the request line's, whatever a server behind us may make of a query. */
function assertMethodStands(url: string | undefined): void {
  if (!queryNames(url).has('_method')) return
  throw new Fault('request.malformed', { says: 'A query may not change the method.' })
}

/** RFC 9112 6.1: no other coding than chunked, which is the engine's to write again, and none on HTTP/1.0. */
function assertPlainFraming({ headers, httpVersion }: AdmittedRequest): void {
  const coding = headers['transfer-encoding']
  if (coding === undefined) return
  if (httpVersion === '1.0') throw malformed('Transfer-Encoding on HTTP/1.0')
  if (coding.toLowerCase() === 'chunked') return
  throw new Fault('request.unsupported', { says: 'The only transfer coding here is chunked.' })
}

function malformed(detail: string): Fault {
  return new Fault('request.malformed', { detail })
}
