import { Fault, type FaultCode, faultKinds } from '@countersign/auth-core'
import { expect, it } from 'vitest'
import { oauthErrorOf } from './oauth-error.ts'

it('nothing that has a status of the caller’s is called an error of the server', () => {
  const answers = Object.keys(faultKinds).map((code) => {
    const { status, body } = oauthErrorOf(new Fault(code as FaultCode), 'r')
    return { code, status, error: (JSON.parse(body) as { error: string }).error }
  })
  const ofCaller = answers.filter(({ status }) => status < 500 && status !== 429)
  expect(ofCaller.filter(({ error }) => /^(?:server_error|temporarily_unavailable)$/.test(error))).toEqual([])
})
