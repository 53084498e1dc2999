import { createTestAuthority } from '@countersign/testkit'
import { expect, it } from 'vitest'
import { readCertificate } from './certificate.ts'
import { findPath } from './certificate-path.ts'

// From outside only a peer that turns off the checks of its own TLS library can try.
it.each([
  ['an RSA key of 1024 bits', 1024, false],
  ['an RSA key of 2048 bits', 2048, true],
])('a workload with %s', async (_what, rsaBits, leads) => {
  const authority = await createTestAuthority()
  const { der } = await authority.issue({ rsaBits })
  const anchors = [readCertificate(authority.der)]
  const path = findPath(readCertificate(der), { intermediates: [], anchors, now: Date.now() })
  expect(path !== undefined).toBe(leads)
})
