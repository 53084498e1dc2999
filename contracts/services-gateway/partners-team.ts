import { changes, lists, posts, reads, refused, removes, type ServiceCall, tells } from './service-call.ts'

const manage = '/loginradius/v2/manage'
const organization = `${manage}/organizations/org_known` as const
const invitations = `${manage}/invitations` as const
const invited = { roleIds: ['role_known'], orgId: 'org_known', inviterUid: 'uid_known' }
const domain = { claims: { partner_domain: 'contract.example' } }
const own = { claims: { organization: 'org_known' } }

/** What the services of the team Partners call. */
export const partnersTeam: Readonly<Record<string, readonly ServiceCall[]>> = {
  onboarding: [
    lists('which partners there are', `${manage}/organizations`),
    reads('one partner', organization),
    posts('a partner', `${manage}/organizations`, { Name: 'Contract' }),
    changes('another name for a partner', `PUT ${organization}`, { Name: 'Contract' }),
    lists('which roles a partner has', `${organization}/roles`),
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
    lists('which invitations a partner has', `${invitations}?orgid=org_known`),
    changes('other roles for an invitation', `PUT ${invitations}/inv_known`, { roleIds: ['role_known'] }),
    tells('an invitation once more', `${invitations}/inv_known/resend`),
    refused(removes('an invitation taken back', `${invitations}/inv_known`)),
  ],
  'partner-portal': [
    reads('the own organization', organization, own),
    refused(reads('another organization', `${manage}/organizations/org_other`, own)),
    lists('the own domains', `${organization}/domains`, own),
    reads('one of the own domains', `${organization}/domains/dom_known`, own),
    posts('a domain of one’s own', `${organization}/domains`, { DomainName: 'contract.example' }, own),
    posts('the check of a domain', `${organization}/domains/dom_known`, undefined, own),
    lists('the own connections', `${organization}/connections`, own),
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
    lists('which partners there are', `${manage}/organizations`),
    lists('where somebody has roles', `${manage}/account/uid_known/orgcontext`),
    lists('which roles somebody has', `${manage}/account/uid_known/orgcontext/org_known`),
    lists('which organizations we have', '/authaction/api/v1/organizations'),
    lists('who is in an organization', '/authaction/api/v1/organizations/org_known/members'),
    tells('a role that it may give', '/authaction/api/v1/organizations/org_known/members/uid_known/roles', {
      roles: ['reader'],
    }),
    refused(
      tells('any other role', '/authaction/api/v1/organizations/org_known/members/uid_known/roles', {
        roles: ['admin'],
      }),
    ),
  ],
}
