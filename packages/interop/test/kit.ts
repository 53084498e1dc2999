import { type CountersignKit, startCountersign } from '@countersign/testkit'

const upstream = (operations: Readonly<Record<string, object>>, audience: string) => ({
  url: audience,
  token: { endpoint: 'https://auth.example/token', audience },
  credential: { client_id: 'gateway', client_secret: '$' + '{env:SECRET}' },
  operations,
})

/** A service `ci` that may use what these SDKs need, and may hold the token of `crm` itself. */
export function startKit(): Promise<CountersignKit> {
  return startCountersign({
    policy: {
      upstreams: {
        github: upstream(
          {
            'repos.get': { route: 'GET /repos/{owner}/{repo}' },
            'issues.create': { route: 'POST /repos/{owner}/{repo}/issues' },
          },
          'https://api.github.example',
        ),
        auth0: upstream(
          {
            'users.get': { route: 'GET /api/v2/users/{id}', scopes: ['read:users'] },
            'users.create': { route: 'POST /api/v2/users', scopes: ['create:users'] },
          },
          'https://tenant.eu.auth0.example/api/v2/',
        ),
        cluster: upstream(
          {
            'pods.list': { route: 'GET /api/v1/namespaces/{namespace}/pods' },
            'configmaps.create': { route: 'POST /api/v1/namespaces/{namespace}/configmaps' },
          },
          'https://kube.example',
        ),
        crm: upstream(
          {
            'accounts.get': { route: 'GET /accounts/{id}', scopes: ['read:accounts'] },
            'accounts.create': { route: 'POST /accounts', scopes: ['write:accounts'] },
          },
          'https://api.crm.example',
        ),
      },
      services: {
        ci: {
          identities: [{ issuer: 'internal', subject: 'ci' }],
          allow: [
            { upstream: 'github', operations: ['repos.*', 'issues.*'] },
            { upstream: 'auth0', operations: ['users.*'] },
            { upstream: 'cluster', operations: ['pods.*', 'configmaps.*'] },
            { upstream: 'crm', operations: ['accounts.*'], release: 'token' },
          ],
        },
      },
    },
  })
}
