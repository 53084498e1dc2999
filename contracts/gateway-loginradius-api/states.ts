/**
 * What the Partner IAM API of LoginRadius can be asked to be. Every state also hands over the credentials to call
 * with, and the ids of what exists. `(assumed)`: the vendor documents it nowhere, or in two ways.
 */
export type ApiState =
  | 'an organization exists'
  | 'an organization exists (assumed)'
  | 'somebody has a role in the organization'
  | 'somebody is invited'
  | 'somebody is invited (assumed)'
  | 'a domain is not verified yet'
  | 'a domain is not verified yet (assumed)'
  | 'a connection exists (assumed)'
  | 'the API key is not that of a tenant'
  | 'the token is revoked (assumed)'
  | 'the limit of requests is reached (assumed)'

/** Examples of the ids that a state hands over. */
export const known = {
  organization: 'org_contract',
  role: 'role_contract',
  account: '5f0c7b0d4a5e4d0f8d6b2c1a9e3f7d61',
  invitation: 'inv_contract',
  domain: 'org_domain_contract',
  connection: 'conn_contract',
} as const
