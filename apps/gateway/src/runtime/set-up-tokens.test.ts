import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConsentedAccount, Secret } from '@countersign/auth-core'
import { expect, it, onTestFinished } from 'vitest'
import type { UpstreamConfig } from '../config/loaded-config.ts'
import { openAccountStore } from '../store/open-account-store.ts'
import { createTokenSetup } from './set-up-tokens.ts'
import type { UpstreamSurroundings } from './set-up-upstream.ts'

const account = (token: string): ConsentedAccount => ({
  token: new Secret(token),
  origin: 'https://mail.example',
  accountId: undefined,
  consentedAt: 1,
  consentedBy: { issuer: 'staff', subject: 'ann' },
  deadSince: undefined,
})

it('a token that is found dead does not take the place of the consent that is being kept', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const keys = { active: 'one', byId: new Map([['one', new Secret(randomBytes(32).toString('base64'))]]) }
  const accounts = await openAccountStore({ file: join(folder, 'store.json'), keys })
  const surroundings = { clock: { now: () => 5 }, accounts, warn: () => {} } as Partial<UpstreamSurroundings>
  const { tokensFor } = createTokenSetup(surroundings as UpstreamSurroundings)
  const source = tokensFor({
    name: 'mail',
    url: 'https://mail.example/v1',
    token: { grantType: 'consent' },
  } as UpstreamConfig)
  if (!source) throw new Error('an upstream with consent has a source of tokens')
  // There is one token for every grant.
  const grant = {} as never

  await accounts.put('mail', account('old'))
  const { token: old } = await source.mint(grant)
  const consent = accounts.put('mail', account('new'))
  await expect(source.replace(grant, old, 'dead')).rejects.toMatchObject({ code: 'mint.refused' })
  await consent
  // One write after the other: with this one those before it are done.
  await accounts.put('other', account('other'))
  expect(accounts.get('mail')).toMatchObject({ deadSince: undefined })
  const { token: present } = await source.mint(grant)
  expect(present.value.reveal()).toBe('new')

  await expect(source.replace(grant, present, 'dead')).rejects.toMatchObject({ code: 'mint.refused' })
  await accounts.put('other', account('other'))
  expect(accounts.get('mail')).toMatchObject({ deadSince: 5 })
})
