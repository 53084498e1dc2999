import type { z } from 'zod'
import { Problem, parsed } from './problem.ts'

/** What the gateway decides alone: framing, routing, credentials, and who is speaking. */
const refused =
  /^(host|content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|via|forwarded|authorization|cookie|set-cookie|x-api-key|apikey|x-real-ip|x-request-id|x-http-method(-override)?|x-original-.*|x-rewrite-.*|proxy-.*|x-forwarded-.*)$/

/** What decides framing, routing and who is speaking: no credential is carried there. */
const refusedForCredentials =
  /^(host|content-.*|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|via|forwarded|authorization|x-request-id|proxy-.*|x-forwarded-.*)$/

/** The name of a request header field (RFC 9110 5.1) that may be let through; inside, in lower case. */
export function headerName(): z.ZodType<string, string> {
  return fieldName(
    (name) =>
      refused.test(name) && ['is never taken from a caller', 'the gateway sets or drops this field itself'],
  )
}

/** The name of a request header field that may carry a credential of the gateway; inside, in lower case. */
export function headerFieldName(): z.ZodType<string, string> {
  return fieldName(
    (name) =>
      refusedForCredentials.test(name) && [
        'carries no credential',
        'name the field of the upstream, such as x-api-key; for Authorization there is `authorization`',
      ],
  )
}

function fieldName(problem: (name: string) => false | [string, string]): z.ZodType<string, string> {
  return parsed((text) => {
    const name = text.toLowerCase()
    if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) {
      return new Problem('is not the name of a header field', 'use letters, digits and "-"')
    }
    const found = problem(name)
    return found ? new Problem(...found) : name
  })
}
