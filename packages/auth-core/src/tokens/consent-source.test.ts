import { expect, it, vi } from 'vitest'
import { Secret } from '../secret.ts'
import { createConsentSource } from './consent-source.ts'
import type { ConsentedAccount } from './consented-account.ts'

const account = (token: string): ConsentedAccount => ({
  token: new Secret(token),
  origin: 'https://mail.example',
  accountId: undefined,
  consentedAt: 0,
  consentedBy: { issuer: 'staff', subject: 'admin' },
  deadSince: undefined,
})

it('a consent that comes while the token before it is found dead is not the one that is buried', async () => {
  const old = account('old')
  let kept = old
  const bury = vi.fn<(account: ConsentedAccount) => void>()
  const source = createConsentSource({
    upstream: 'mail',
    origin: 'https://mail.example',
    account: () => kept,
    bury,
    clock: { now: () => 0 },
  })
  // It is not looked at: there is one token, or none.
  const grant = {} as never
  const { token } = await source.mint(grant)
  const replaced = source.replace(grant, token, 'dead')
  kept = account('new')
  await expect(replaced).rejects.toMatchObject({ code: 'mint.refused' })
  expect(bury.mock.calls.map(([buried]) => buried.token.reveal())).toEqual(['old'])
})
