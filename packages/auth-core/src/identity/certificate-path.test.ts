import { createTestAuthority, rsaPublicKey } from '@countersign/testkit'
import { expect, it, vi } from 'vitest'
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

it.each([
  ['an exponent of 3,064 bits', rsaPublicKey(3072, 3064), 0],
  ['a modulus of 8,192 bits', rsaPublicKey(8192, 24), 0],
  ['a usual key', rsaPublicKey(3072, 24), 1],
])('a signature is not verified with %s', async (_what, publicKey, times) => {
  const authority = await createTestAuthority({ rsaBits: 3072 })
  const leaf = readCertificate((await authority.issue()).der)
  const { der } = await authority.subordinate({ name: 'CN=test authority', publicKey })
  const verify = vi.spyOn(leaf.x509, 'verify')
  const context = { intermediates: [readCertificate(der)], anchors: [], now: Date.now() }
  expect(findPath(leaf, context)).toBeUndefined()
  expect(verify).toHaveBeenCalledTimes(times)
})
