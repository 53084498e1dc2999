import {
  type FaultCode,
  faultKinds,
  faultType,
  type Owner,
  type Problem,
} from '@countersign/auth-core/client'
import { mediaType } from './media-type.ts'
import { readText } from './read-text.ts'

const limit = 16_384
const owners: ReadonlySet<unknown> = new Set<Owner>(['caller', 'operator', 'issuer', 'upstream', 'gateway'])

/** What an answer said: the gateway's problem, or else the text that was read in looking for one. */
export type ProblemOrText =
  | { readonly problem: Problem }
  | { readonly problem: undefined; readonly text: string }

/**
 * Tells an answer of the gateway itself from one that it passed through: `application/problem+json` whose
 * `type` is the gateway's own for its `code`, with an owner. An upstream's problem+json is the upstream's.
 *
 * An answer to HEAD has no body; there the code stands in `Proxy-Status` (RFC 9209).
 */
export async function readProblem(response: Response): Promise<ProblemOrText> {
  const isProblem = mediaType(response) === 'application/problem+json'
  const text = await readText(response, isProblem ? limit : limit * 4)
  if (!isProblem) return { problem: undefined, text }
  const problem = text === '' ? problemOfHead(response) : parseProblem(text)
  return problem === undefined ? { problem, text } : { problem }
}

function parseProblem(text: string): Problem | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isProblem(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    'type' in value &&
    value.type === faultType(value.code) &&
    'owner' in value &&
    owners.has(value.owner) &&
    'detail' in value &&
    typeof value.detail === 'string'
  )
}

function problemOfHead({ headers, status }: Response): Problem | undefined {
  const code = /^countersign;.*\bdetails="([a-z.-]+)"/.exec(headers.get('proxy-status') ?? '')?.[1]
  if (code === undefined || !isFaultCode(code)) return undefined
  const { owner, says } = faultKinds[code]
  const request_id = headers.get('x-request-id') ?? 'none'
  return { type: faultType(code), title: says, status, detail: says, code, owner, request_id }
}

function isFaultCode(code: string): code is FaultCode {
  return Object.hasOwn(faultKinds, code)
}
