import type { Fetch, OwnCertificate } from '@countersign/auth-core'
import { Agent, fetch as undiciFetch } from 'undici'
import type { EndpointTimeouts } from './config/loaded-config.ts'

/** Of an answer, after decompression. */
const maxBytes = 2 * 1024 * 1024

/** Whom to trust, where it is not the public authorities. */
export interface FetchTrust {
  /** PEM. */
  readonly ca?: string
}

/**
 * The gateway's own way out, to token endpoints and key sets: bounded in time and size, redirects never
 * followed, proxies of the environment not used.
 */
export function createFetch({ connectMs, totalMs }: EndpointTimeouts, trust: FetchTrust = {}): Fetch {
  function agent(shown: { cert?: string; key?: string } = {}): Agent {
    const connect = { timeout: connectMs, ...trust, ...shown }
    return new Agent({ connect, maxHeaderSize: 32 * 1024 })
  }
  const dispatcher = agent()
  /** Gone with the certificate: idle connections close by themselves. */
  const certified = new WeakMap<OwnCertificate, Agent>()
  function agentWith(certificate: OwnCertificate): Agent {
    const { cert, key } = certificate
    const known = certified.get(certificate) ?? agent({ cert, key: key.reveal() })
    certified.set(certificate, known)
    return known
  }
  return async function boundedFetch(url, init) {
    const timeout = AbortSignal.timeout(totalMs)
    const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout
    const { body, certificate, ...rest } = init
    const response = await undiciFetch(url, {
      ...rest,
      ...(body === undefined ? {} : { body }),
      signal,
      dispatcher: certificate === undefined ? dispatcher : agentWith(certificate),
    })
    const bytes = await readBounded(response.body)
    const bodiless = [101, 204, 205, 304].includes(response.status)
    const headers = [...response.headers] as [string, string][]
    return new Response(bodiless ? null : bytes, { status: response.status, headers })
  }
}

async function readBounded(body: AsyncIterable<Uint8Array> | null): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.length
    if (size > maxBytes) throw new RangeError(`the answer is longer than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}
