import { changes, posts, reads, refused, removes, type ServiceCall } from './service-call.ts'

const manage = '/loginradius/v2/manage'
const organization = `${manage}/organizations/org_known` as const
const invitations = `${manage}/invitations` as const
const invited = { roleIds: ['role_known'], orgId: 'org_known', inviterUid: 'uid_known' }
const domain = { claims: { partner_domain: 'contract.example' } }
const own = { claims: { organization: 'org_known' } }

/** What the services of the team Partners call. */
export const partnersTeam: Readonly<Record<string, readonly ServiceCall[]>> = {
  onboarding: [
    reads('which partners there are', `${manage}/organizations`),
    reads('one partner', organization),
    posts('a partner', `${manage}/organizations`, { Name: 'Contract' }),
    changes('another name for a partner', `PUT ${organization}`, { Name: 'Contract' }),
    reads('which roles a partner has', `${organization}/roles`),
    posts('a role for a partner', `${organization}/roles`, { Name: 'reader' }),
    posts(
      'an invitation to somebody of the partner',
      invitations,
      { email: 'Ada@contract.example', ...invited },
      domain,
    ),
    refused(
      posts(
        'an invitation to somebody else',
        invitations,
        { email: 'ada@other.example', ...invited },
        domain,
      ),
    ),
    reads('which invitations a partner has', `${invitations}?orgid=org_known`),
    changes('other roles for an invitation', `PUT ${invitations}/inv_known`, { roleIds: ['role_known'] }),
    posts('an invitation once more', `${invitations}/inv_known/resend`, undefined),
    refused(removes('an invitation taken back', `${invitations}/inv_known`)),
  ],
  'partner-portal': [
    reads('the own organization', organization, own),
    refused(reads('another organization', `${manage}/organizations/org_other`, own)),
    reads('the own domains', `${organization}/domains`, own),
    reads('one of the own domains', `${organization}/domains/dom_known`, own),
    posts('a domain of one’s own', `${organization}/domains`, { DomainName: 'contract.example' }, own),
    posts('the check of a domain', `${organization}/domains/dom_known`, undefined, own),
    reads('the own connections', `${organization}/connections`, own),
    reads('one of the own connections', `${organization}/connections/con_known`, own),
    posts('a connection of one’s own', `${organization}/connections`, { Name: 'sso' }, own),
    changes(
      'another name for a connection',
      `PUT ${organization}/connections/con_known`,
      { Name: 'sso' },
      own,
    ),
  ],
  'directory-sync': [
    reads('which partners there are', `${manage}/organizations`),
    reads('where somebody has roles', `${manage}/account/uid_known/orgcontext`),
    reads('which roles somebody has', `${manage}/account/uid_known/orgcontext/org_known`),
    reads('which organizations we have', '/authaction/api/v1/organizations'),
    reads('who is in an organization', '/authaction/api/v1/organizations/org_known/members'),
    posts('a role that it may give', '/authaction/api/v1/organizations/org_known/members/uid_known/roles', {
      roles: ['reader'],
    }),
    refused(
      posts('any other role', '/authaction/api/v1/organizations/org_known/members/uid_known/roles', {
        roles: ['admin'],
      }),
    ),
  ],
}
