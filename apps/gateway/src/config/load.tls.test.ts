import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { presets } from '@countersign/auth-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadConfig } from './load.ts'

/** For `localhost`, until 2126, with a key that opens nothing else. */
const cert = `-----BEGIN CERTIFICATE-----
MIIBfjCCASWgAwIBAgIUGlSil7y1ShaV9JJIA3B+/qgmG4swCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA2MzMzMVoYDzIxMjYxMDI4
MDYzMzMxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQu56wpysxp0N5W9tIk5IdKntgz9MGKxmV2U2dY88EizzHjoT1ddWcG
uqvQGvzefzuR++yl6fDM6o1O02lBTXTGo1MwUTAdBgNVHQ4EFgQUbMPyjwPTL07Q
AT0mrtt9Mnl9NpEwHwYDVR0jBBgwFoAUbMPyjwPTL07QAT0mrtt9Mnl9NpEwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBIeE83nl1/B98zR5Ipaxmn
XntDHUXIoRDrPQns2CghwQIgDXRPX7MsNPlqC+sbrQeRd0cG1TD/TqvvOrMiskYO
1yE=
-----END CERTIFICATE-----
`
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgoyuCM8whKyPjOxFf
EpbnPCbpRkYKbKfNrrLYZvlQ7P2hRANCAAQu56wpysxp0N5W9tIk5IdKntgz9MGK
xmV2U2dY88EizzHjoT1ddWcGuqvQGvzefzuR++yl6fDM6o1O02lBTXTG
-----END PRIVATE KEY-----
`

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  writeFileSync(join(folder, 'tls.crt'), cert)
  writeFileSync(join(folder, 'tls.key'), key)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function load(tls = '{ cert: tls.crt, key: tls.key, client_ca: tls.crt }') {
  const file = join(folder, 'countersign.yaml')
  writeFileSync(file, `gateway: { audience: gw, listen: "0.0.0.0:8443", tls: ${tls} }`)
  return loadConfig(file, { env: {}, presets })
}

it('reads certificate, key and authorities, and watches all three files', () => {
  const { gateway, evidence } = load()
  expect(gateway.tls).toMatchObject({ cert, clientCa: cert })
  expect(gateway.tls?.key.reveal()).toBe(key)
  expect([...evidence.keys()]).toEqual(
    ['countersign.yaml', 'tls.crt', 'tls.key'].map((name) => join(folder, name)),
  )
})

it('refuses a key that belongs to another certificate, as in the middle of a rotation', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  writeFileSync(join(folder, 'tls.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  expect(() => load()).toThrow(/:1:55: gateway.tls cannot be used: .*key/i)
})

it('listens in the clear beyond loopback only when told so in so many words', () => {
  expect(load('off').gateway.tls).toBeUndefined()
})
