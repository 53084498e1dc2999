import type { z } from 'zod'
import { isLoopbackHost } from './loopback-host.ts'
import { Problem, parsed } from './problem.ts'

/** A base URL that calls are sent under: no query; without a trailing slash inside. */
export function baseUrl(): z.ZodType<string, string> {
  return parsed((text) => {
    const url = secureUrl(text)
    if (url instanceof Problem) return url
    if (text.includes('?')) {
      return new Problem('has a query', 'a base URL is scheme, host and path; the query is the caller’s')
    }
    return url.href.replace(/\/+$/, '')
  })
}

/** Scheme, host and port, without a trailing slash: what well-known paths are appended to (RFC 8615). */
export function originUrl(): z.ZodType<string, string> {
  return parsed((text) => {
    const url = secureUrl(text)
    if (url instanceof Problem) return url
    if (url.pathname === '/' && !text.includes('?')) return url.origin
    return new Problem('has a path or a query', 'write scheme, host and port only: https://gateway.internal')
  })
}

/** The address of one resource: a token endpoint or a key set. A query is part of it (RFC 6749 3.2). */
export function resourceUrl(): z.ZodType<string, string> {
  return parsed((text) => {
    const url = secureUrl(text)
    return url instanceof Problem ? url : url.href
  })
}

/**
 * An address that may be trusted with credentials and keys: `https:`, or `http:` towards loopback; no user
 * information, no fragment, no way around its own path, and never the machine's metadata service.
 */
export function secureUrl(text: string): URL | Problem {
  if (/[\s\\\p{Cc}]/u.test(text) || !URL.canParse(text)) {
    return new Problem('is not a URL', 'write it in full: https://api.example/v1')
  }
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return new Problem(`${url.protocol} is refused`, 'use an https: address')
  }
  if (/^[^:]+:\/*[^/?#]*@/.test(text)) {
    return new Problem('carries a user name or password', 'remove it; credentials belong under credential:')
  }
  if (text.includes('#')) return new Problem('has a fragment', 'remove "#" and what follows')
  if (hasDotSegment(text)) return new Problem('has a "." or ".." segment', 'write the path that is meant')
  if (isLinkLocal(url.hostname)) {
    return new Problem(
      'is a link-local address, where a cloud keeps its metadata service',
      'an upstream is never there',
    )
  }
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    return new Problem(
      'is plain http: to another machine',
      'use https:; http: is for loopback addresses only',
    )
  }
  return url
}

/** The URL parser removes them without a word, also in their encoded spellings, so the text is asked. */
function hasDotSegment(text: string): boolean {
  const path = text.replace(/^[^:]+:\/*[^/?#]*/, '').replace(/[?#].*$/, '')
  return path
    .replace(/%2e/gi, '.')
    .split(/\/|%2f/i)
    .some((segment) => segment === '.' || segment === '..')
}

/** 169.254.0.0/16, fe80::/10, and their name at Google. IPv4 inside IPv6 is shown by `URL` in hexadecimal. */
function isLinkLocal(hostname: string): boolean {
  const host = hostname.replace(/\.$/, '')
  return (
    host.startsWith('169.254.') ||
    /^\[fe[89ab][0-9a-f]:/.test(host) ||
    /^\[(?:::|::ffff:|64:ff9b::)a9fe:[0-9a-f]+\]$/.test(host) ||
    host === 'metadata.google.internal'
  )
}
