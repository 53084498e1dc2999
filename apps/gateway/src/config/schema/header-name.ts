import type { z } from 'zod'
import { Problem, parsed } from './problem.ts'

/** What the gateway decides alone: framing, routing, credentials, and who is speaking. */
const refused =
  /^(host|content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|via|forwarded|authorization|cookie|set-cookie|x-api-key|apikey|x-real-ip|x-request-id|x-http-method(-override)?|x-original-.*|x-rewrite-.*|proxy-.*|x-forwarded-.*)$/

/** The name of a request header field (RFC 9110 5.1) that may be let through; inside, in lower case. */
export function headerName(): z.ZodType<string, string> {
  return parsed((text) => {
    const name = text.toLowerCase()
    if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) {
      return new Problem('is not the name of a header field', 'use letters, digits and "-"')
    }
    if (refused.test(name)) {
      return new Problem('is never taken from a caller', 'the gateway sets or drops this field itself')
    }
    return name
  })
}
