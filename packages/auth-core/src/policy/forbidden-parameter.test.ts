import { expect, it } from 'vitest'
import { operation, policyOf, question } from '../../test/policy-fixture.ts'
import { decide } from './decide.ts'
import { explain } from './explain.ts'

const guarded = operation('account.get', 'GET /account', { forbidQuery: ['includeProviderAuth'] })
const policy = policyOf({
  upstreams: [{ name: 'idp', audience: undefined, emptyScope: 'allow', operations: [guarded] }],
  services: [
    {
      name: 'billing',
      mode: 'shadow',
      identities: [{ issuer: 'cluster', subject: 'billing' }],
      allow: [{ upstream: 'idp', operations: ['account.get'], position: 'policy.yaml:5:1' }],
    },
  ],
})

it('a forbidden query parameter is denied before any rule, in shadow as well, and the explanation says so', () => {
  const asked = question({ operation: guarded, query: '?a=1&IncludeProviderAuth=1' })
  expect(decide(policy, asked)).toMatchObject({ verdict: 'deny', forbidden: 'includeProviderAuth' })
  expect(explain(policy, asked)).toMatchObject({ forbidden: 'includeProviderAuth', closest: undefined })
})

it('any other query is for the rules to judge', () => {
  expect(decide(policy, question({ operation: guarded, query: '?pingProvider=1' }))).toMatchObject({
    verdict: 'allow',
  })
})
