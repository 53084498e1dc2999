import type { VerifierOptions } from '@pact-foundation/pact'

/**
 * Undoes what pact's proxy does to bodies: a form it would forward as JSON, under the form's content type, and
 * a `POST` without a body as one in chunks, of which there are none.
 */
export const keepBodies: NonNullable<VerifierOptions['requestFilter']> = (request, _response, next) => {
  const fields: unknown = request.body
  if (request.is('application/x-www-form-urlencoded') && isRecord(fields)) {
    request.body = Buffer.from(new URLSearchParams(pairsOf(fields)).toString())
    request.headers['content-length'] = String(request.body.length)
  }
  if (request.headers['transfer-encoding'] === undefined) request.headers['content-length'] ??= '0'
  next()
}

/** A field that is given twice has been made an array. */
function pairsOf(fields: Record<string, unknown>): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, String(each)]),
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Buffer.isBuffer(value)
}
