import type { IncomingMessage, ServerResponse } from 'node:http'
import { Fault } from '@countersign/auth-core'
import { admit } from '../edge/admit.ts'
import { Entry } from '../entry.ts'
import type { Answer } from '../forward/answer.ts'
import type { Gateway } from '../gateway.ts'
import type { MetadataDocuments } from './documents.ts'

/**
 * Serves a document to anybody, to be cached for five minutes. A request for it is on record like any other.
 *
 * @param current the gateway of the configuration in force
 */
export function metadataHandler(current: () => Gateway, name: 'protectedResource' | 'authorizationServer') {
  return async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const gateway = current()
    const entry = new Entry(req, res)
    try {
      admit(req)
      entry.keep('answered', documentAnswer(entry, gateway.own.metadata[name]))
    } catch (error) {
      throw entry.fail(error)
    } finally {
      await gateway.record(entry)
    }
  }
}

/** @throws {Fault} `route.method`, `route.unknown` */
function documentAnswer(
  { req, res, requestId }: Entry,
  document: MetadataDocuments[keyof MetadataDocuments],
): Answer {
  if (document === undefined) throw new Fault('route.unknown')
  if (req.method !== 'GET' && req.method !== 'HEAD')
    throw new Fault('route.method', { allow: ['GET', 'HEAD'] })
  const bytes = Buffer.byteLength(document)
  const headers = {
    'content-type': 'application/json',
    'content-length': String(bytes),
    'cache-control': 'public, max-age=300',
    'proxy-status': 'countersign',
    'x-request-id': requestId,
  }
  const isHead = req.method === 'HEAD'
  const end = () => res.writeHead(200, headers).end(isHead ? undefined : document)
  return { status: 200, bytes: isHead ? 0 : bytes, end }
}
