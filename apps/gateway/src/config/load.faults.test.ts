// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are shown as they are written in YAML
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { presets } from '@countersign/auth-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigFaults } from './config-faults.ts'
import { loadConfig } from './load.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const env = { SECRET: 's3cret', ID: 'client', EMPTY: '' }

const sound = {
  gateway: 'gateway: { audience: gw, listen: "127.0.0.1:8080" }',
  issuers: 'issuers: { login: { kind: jwt, issuer: "https://login.internal" } }',
  upstreams:
    'upstreams: { inbox: { preset: inbox-manager, credential: { client_id: x, client_secret: "${env:SECRET}" } } }',
  services: 'services: { ops: { identities: [{ issuer: login, subject: ops }], allow: [] } }',
}

/** The faults of a configuration whose other sections are sound, as `line:column path message`. */
function faultsOf(yaml: string): string[] {
  const others = Object.entries(sound).flatMap(([name, text]) =>
    new RegExp(`^${name}:`, 'm').test(yaml) ? [] : [text],
  )
  return faultsOfFile(`${yaml}\n${others.join('\n')}\n`)
}

function faultsOfFile(text: string): string[] {
  const file = join(folder, 'countersign.yaml')
  writeFileSync(file, text)
  return faultsAt(file)
}

function faultsAt(path: string): string[] {
  try {
    loadConfig(path, { env, presets })
    return []
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error
    for (const { hint, message } of error.faults) {
      expect(hint).not.toBe('')
      expect(`${message} ${hint}`).not.toContain('s3cret')
    }
    return error.faults.map(({ file, line, column, path: at, message }) => {
      const where = path.endsWith('.yaml') ? '' : `${file.slice(path.length + 1)}:`
      return `${where}${line}:${column} ${at} ${message}`.replaceAll(folder, '.')
    })
  }
}

/** An upstream that spells everything out, with lines to replace or add. */
function upstream(lines: Record<string, string> = {}): string {
  const all = {
    url: 'https://api.example',
    token: '{ endpoint: "https://auth.example/token" }',
    credential: '{ client_id: x, client_secret: "${env:SECRET}" }',
    operations: '{ a.read: { route: GET /a } }',
    ...lines,
  }
  const body = Object.entries(all).map(([key, value]) => `    ${key}: ${value}`)
  return ['upstreams:', '  api:', ...body].join('\n')
}

const operation = (route: string) => upstream({ operations: `{ a: { route: "${route}" } }` })
const rule = (text: string) =>
  `services:\n  ops:\n    identities: [{ issuer: login, subject: ops }]\n    allow:\n      - ${text}`
const gateway = (text: string) => `gateway:\n  audience: gw\n  ${text}`
const issuer = (text: string) => `issuers:\n  login:\n    kind: jwt\n    ${text}`

it('takes the sound parts that the cases below are made of', () => {
  expect(faultsOf('')).toEqual([])
  expect(faultsOf(upstream())).toEqual([])
  expect(faultsOf(rule('{ upstream: inbox, operations: [accounts.*] }'))).toEqual([])
})

type Case = [what: string, yaml: string, ...faults: string[]]

const yamlCases: Case[] = [
  [
    'a duplicate key, and what else is wrong',
    'gateway:\n  audience: a\n  audience: b',
    '1:1 gateway.listen is missing',
    '3:3 gateway.audience is written twice',
  ],
  ['a duplicate section', 'services: {}\nservices: {}', '2:1 services is written twice'],
  ['twenty thousand levels', `x: ${'['.repeat(20_000)}`, '1:'],
  ['broken YAML', 'gateway: { audience: a', '2:1  is not accepted as YAML'],
  ['two documents', 'issuers: {}\n---\n', '2:1  is not accepted as YAML: Source contains multiple documents'],
  ['a tag', 'issuers: !!js/function x', '1:10  is not accepted as YAML: Unresolved tag'],
  [
    'yes for true',
    gateway('listen: 127.0.0.1:1\n  audit: { required: yes }'),
    '4:22 gateway.audit.required must be true or false, not text',
  ],
  [
    'a number for text',
    'gateway:\n  audience: 0777\n  listen: 127.0.0.1:1',
    '2:13 gateway.audience must be text, not the number 777',
  ],
  [
    'a merge key',
    'issuers:\n  a: &a { kind: jwt, issuer: "https://a.example" }\n  login: { <<: *a }',
    '3:3 issuers.login.kind is missing',
    '3:12 issuers.login has a merge key',
  ],
  ['a key that is a number', 'services:\n  1: {}', '2:3 services has a key that is not a plain name'],
  [
    'a key that is a prototype',
    'services:\n  __proto__: {}',
    '2:3 services has a key that is not a plain name',
  ],
  ['an unknown anchor', 'services: *nobody', '1:11 services refers to an anchor that does not exist'],
  ['a section that is a list', 'services: []', '1:11 services must be a map'],
]

const keyCases: Case[] = [
  ['a section that does not exist', 'servces: {}', '1:1 servces is not a section'],
  [
    'a misspelt key',
    gateway('lsten: 127.0.0.1:1'),
    '1:1 gateway.listen is missing',
    '3:3 gateway.lsten is not known here',
  ],
  [
    'a key that a rule does not have',
    rule('{ upstream: inbox, operations: [users.create], relaese: token }'),
    '5:56 services.ops.allow[0].relaese is not known here',
  ],
  [
    'a release of something else',
    rule('{ upstream: inbox, operations: [users.create], release: secret }'),
    '5:65 services.ops.allow[0].release',
  ],
  [
    'a lifetime of what is not released',
    rule('{ upstream: inbox, operations: [users.create], release_max_lifetime: 1h }'),
    '5:78 services.ops.allow[0].release_max_lifetime limits a token that is not released',
  ],
  [
    'a released token under a condition on requests that nobody will see',
    rule(
      '{ upstream: inbox, operations: [members.add], release: token, when: \'request.method == "GET" && identity.subject != "x"\' }',
    ),
    '5:77 services.ops.allow[0].when reads request.method, and a released token is used where no request is seen',
  ],
  [
    'a condition with a misspelt variable of the path',
    rule('{ upstream: inbox, operations: [members.add], when: "request.path.acount_id == \'1\'" }'),
    '5:61 services.ops.allow[0].when not every operation of this rule has {acount_id} in its path (character 1)',
  ],
  [
    'a condition that is not one, and a limit that is none',
    rule('{ upstream: inbox, operations: [users.create], when: "request.method", limit: 60/min }'),
    '5:62 services.ops.allow[0].when is of type string, not true or false',
    '5:87 services.ops.allow[0].limit is not a limit',
  ],
  [
    'an unknown key deep inside',
    upstream({ token: '{ endpoint: "https://a.example", extra: 1 }' }),
    '4:45 upstreams.api.token.extra is not known here',
  ],
  [
    'an empty file but for comments',
    'gateway:',
    '1:1 gateway.audience is missing',
    '1:1 gateway.listen is missing',
  ],
  ['an upstream without value', 'upstreams:\n  api:', '2:3 upstreams.api has no value'],
  [
    'an unknown kind of issuer',
    'issuers:\n  login:\n    kind: ldap\n    issuer: https://k',
    '3:11 issuers.login.kind must be one of jwt, kubernetes, spiffe, github-actions',
  ],
  [
    'an unknown algorithm',
    issuer('issuer: https://k.example\n    algorithms: [RS256, HS256]'),
    '5:25 issuers.login.algorithms[1] must be one of RS256',
  ],
  [
    'a grant type of later',
    upstream({ token: '{ endpoint: "https://a.example", grant_type: password }' }),
    '4:57 upstreams.api.token.grant_type must be one of client_credentials',
  ],
  [
    'a mode that does not exist',
    gateway('listen: 127.0.0.1:1\n  mode: off'),
    '4:9 gateway.mode must be one of enforce, shadow',
  ],
  [
    'a map in place of a mode',
    gateway('listen: 127.0.0.1:1\n  mode: { shadow: true }'),
    '4:9 gateway.mode must be one of enforce, shadow',
  ],
  [
    'a map in place of an operation that decides on scopes',
    `${rule('{ upstream: mail, operations: [{ users.create: true }] }')}
upstreams:
  mail: { preset: aurinko, credential: { client_id: x, client_secret: "\${env:SECRET}" } }`,
    '5:40 services.ops.allow[0].operations[0] must be text, not a map',
    '8:1 gateway.public is missing',
    '8:1 gateway.store is missing',
    '8:1 gateway.operators is missing',
  ],
]

const nameCases: Case[] = [
  [
    'an issuer that is not there',
    'services:\n  ops:\n    identities: [{ issuer: logn, subject: ops }]\n    allow: []',
    '3:28 services.ops.identities[0].issuer names no issuer',
  ],
  [
    'an upstream that is not there',
    rule('{ upstream: inbx, operations: [users.create] }'),
    '5:21 services.ops.allow[0].upstream names no upstream',
  ],
  [
    'an operation that is not there',
    rule('{ upstream: inbox, operations: [users.create, user.create] }'),
    '5:55 services.ops.allow[0].operations[1] names no operation of inbox',
  ],
  [
    'a group that is not there',
    rule('{ upstream: inbox, operations: [teams.*] }'),
    '5:41 services.ops.allow[0].operations[0] names no operation of inbox',
  ],
  [
    'a preset that is not there',
    'upstreams:\n  inbox:\n    preset: inbox-manger\n    credential: { client_id: x, client_secret: "${env:SECRET}" }',
    '3:13 upstreams.inbox.preset names no preset',
  ],
  [
    'one identity in two services',
    'services:\n  a: { identities: [{ issuer: login, subject: x }], allow: [] }\n  b: { identities: [{ issuer: login, subject: x }], allow: [] }',
    '3:21 services.b.identities[0] is the same identity as services.a.identities[0] (./countersign.yaml:2:21)',
  ],
  ['an upstream called oauth2', upstream().replace('api:', 'oauth2:'), '2:3 upstreams.oauth2 is reserved'],
  ['an upstream called hooks', upstream().replace('api:', 'hooks:'), '2:3 upstreams.hooks is reserved'],
  ['an upstream called connect', upstream().replace('api:', 'connect:'), '2:3 upstreams.connect is reserved'],
  [
    'an upstream with a leading dot',
    upstream().replace('api:', '.well-known:'),
    '2:3 upstreams.".well-known" is reserved',
  ],
  [
    'an upstream that is no host label',
    upstream().replace('api:', 'a_b:'),
    '2:3 upstreams.a_b is no name for an upstream',
  ],
  [
    'a service with a space',
    'services:\n  a b: { identities: [{ issuer: login, subject: x }], allow: [] }',
    '2:3 services."a b" is no name for a service',
  ],
]

const referenceCases: Case[] = [
  [
    'an unset variable',
    gateway('listen: "${env:NOWHERE}"'),
    '3:11 gateway.listen needs the environment variable NOWHERE, which is not set',
  ],
  [
    'an empty variable',
    upstream({ credential: '{ client_id: x, client_secret: "${env:EMPTY}" }' }),
    '5:48 upstreams.api.credential.client_secret needs the environment variable EMPTY, which is empty',
  ],
  [
    'an inherited property',
    gateway('listen: "${env:toString}"'),
    '3:11 gateway.listen needs the environment variable toString, which is not set',
  ],
  [
    'a missing file',
    gateway('listen: "${file:nowhere}"'),
    '3:11 gateway.listen needs the file ./nowhere: there is no such file',
  ],
  [
    'a folder as a file',
    gateway('listen: "${file:.}"'),
    '3:11 gateway.listen needs the file .: it is not a file',
  ],
  [
    'a reference of an unknown form',
    gateway('listen: "${vault:x}"'),
    '3:11 gateway.listen has a reference of an unknown form',
  ],
  [
    'a reference in shell style',
    gateway('listen: "${PORT}"'),
    '3:11 gateway.listen has a reference of an unknown form',
  ],
  [
    'a reference without end',
    gateway('listen: "${env:X"'),
    '3:11 gateway.listen has a reference without its "}"',
  ],
  [
    'two bad references in one text',
    gateway('listen: "${env:A}:${env:B}"'),
    '3:11 gateway.listen needs the environment variable A',
    '3:11 gateway.listen needs the environment variable B',
  ],
  [
    'a secret written out',
    upstream({ credential: '{ client_id: x, client_secret: hunter2 }' }),
    '5:48 upstreams.api.credential.client_secret is a secret and must be a reference, alone',
  ],
  [
    'a secret that is half a reference',
    upstream({ credential: '{ client_id: x, client_secret: "a${env:SECRET}" }' }),
    '5:48 upstreams.api.credential.client_secret is a secret and must be a reference, alone',
  ],
  [
    'a secret behind an escape',
    upstream({ credential: '{ client_id: x, client_secret: "$${env:SECRET}" }' }),
    '5:48 upstreams.api.credential.client_secret is a secret',
  ],
  [
    'an audit key written out',
    gateway('listen: 127.0.0.1:1\n  audit: { key: abc }'),
    '4:17 gateway.audit.key is a secret',
  ],
]

const addressCases: Case[] = [
  [
    'plain http to elsewhere',
    upstream({ url: 'http://api.example' }),
    '3:10 upstreams.api.url is plain http: to another machine',
  ],
  [
    'http to a name that only begins as loopback',
    upstream({ url: 'http://127.0.0.1.evil.example' }),
    '3:10 upstreams.api.url is plain http:',
  ],
  [
    'a user name',
    upstream({ url: 'https://u@api.example' }),
    '3:10 upstreams.api.url carries a user name or password',
  ],
  [
    'an empty user name',
    upstream({ url: 'https://@api.example' }),
    '3:10 upstreams.api.url carries a user name or password',
  ],
  ['a query', upstream({ url: 'https://api.example/?' }), '3:10 upstreams.api.url has a query'],
  ['a fragment', upstream({ url: '"https://api.example/#"' }), '3:10 upstreams.api.url has a fragment'],
  [
    'dots in the path',
    upstream({ url: 'https://api.example/a/../b' }),
    '3:10 upstreams.api.url has a "." or ".." segment',
  ],
  [
    'encoded dots in the path',
    upstream({ url: 'https://api.example/a/%2E%2e' }),
    '3:10 upstreams.api.url has a "." or ".." segment',
  ],
  ['a file', upstream({ url: 'file:///etc/passwd' }), '3:10 upstreams.api.url file: is refused'],
  [
    'the metadata service',
    upstream({ url: 'http://169.254.169.254' }),
    '3:10 upstreams.api.url is a link-local address',
  ],
  [
    'the metadata service as a number',
    upstream({ url: 'https://2852039166' }),
    '3:10 upstreams.api.url is a link-local address',
  ],
  [
    'the metadata service in IPv6',
    upstream({ url: 'https://[::ffff:169.254.169.254]' }),
    '3:10 upstreams.api.url is a link-local address',
  ],
  [
    'the metadata service by name',
    upstream({ url: 'https://metadata.google.internal' }),
    '3:10 upstreams.api.url is a link-local address',
  ],
  ['no URL', upstream({ url: 'api.example' }), '3:10 upstreams.api.url is not a URL'],
  ['a backslash', upstream({ url: 'https:\\\\api.example' }), '3:10 upstreams.api.url is not a URL'],
  [
    'a token endpoint in the clear',
    upstream({ token: '{ endpoint: "http://auth.example" }' }),
    '4:24 upstreams.api.token.endpoint is plain http:',
  ],
  [
    'a key set in the clear',
    issuer('issuer: x\n    jwks: http://k.example'),
    '5:11 issuers.login.jwks is plain http:',
  ],
  [
    'a key set file that is not there',
    issuer('issuer: x\n    jwks: file:keys.json'),
    '5:11 issuers.login.jwks names the file ./keys.json: there is no such file',
  ],
  [
    'a key set file that is none',
    issuer('issuer: x\n    jwks: file:countersign.yaml'),
    '5:11 issuers.login.jwks names a file that is not a JSON Web Key Set',
  ],
  [
    'discovery at what is no address',
    issuer('issuer: urn:login'),
    '4:13 issuers.login.issuer urn: is refused, so its keys cannot be discovered',
  ],
  ['all interfaces without a word on TLS', gateway('listen: 0.0.0.0:8080'), '1:1 gateway.tls is missing'],
  [
    'listening without host',
    gateway('listen: ":8080"'),
    '3:11 gateway.listen is not an address to listen on',
  ],
  [
    'listening on no address',
    gateway('listen: 300.0.0.1:80'),
    '3:11 gateway.listen is not an address to listen on',
  ],
  ['listening on no port', gateway('listen: 127.0.0.1:70000'), '3:11 gateway.listen has a port above 65535'],
  [
    'one address for both listeners',
    gateway('listen: 127.0.0.1:80\n  admin: 127.0.0.1:80'),
    '4:10 gateway.admin is the same address as listen',
  ],
  [
    'tls that is neither off nor files',
    gateway('listen: 127.0.0.1:1\n  tls: on'),
    '4:8 gateway.tls must be off or a map',
  ],
  [
    'more time for a header section than for the request',
    gateway('listen: 127.0.0.1:1\n  timeouts: { request: 10s }'),
    '4:24 gateway.timeouts.request gives a header section longer',
  ],
  ['tls without a key', gateway('listen: 127.0.0.1:1\n  tls: { cert: a }'), '4:3 gateway.tls.key is missing'],
  [
    'tls files that are not there',
    gateway('listen: 127.0.0.1:1\n  tls: { cert: a, key: b }'),
    '4:16 gateway.tls.cert names the file ./a',
    '4:24 gateway.tls.key names the file ./b',
  ],
  [
    'tls files that are no PEM',
    gateway('listen: 127.0.0.1:1\n  tls: { cert: countersign.yaml, key: countersign.yaml }'),
    '4:8 gateway.tls cannot be used',
  ],
]

const valueCases: Case[] = [
  ['an empty audience', 'gateway: { audience: "", listen: "127.0.0.1:1" }', '1:22 gateway.audience is empty'],
  [
    'an audience that is everything',
    'gateway: { audience: "*", listen: "127.0.0.1:1" }',
    '1:22 gateway.audience "*" is refused',
  ],
  [
    'every operation',
    rule('{ upstream: inbox, operations: ["*"] }'),
    '5:41 services.ops.allow[0].operations[0] would allow every operation there is',
  ],
  [
    'a wildcard in the middle',
    rule('{ upstream: inbox, operations: ["us*"] }'),
    '5:41 services.ops.allow[0].operations[0] is neither an operation nor a group',
  ],
  [
    'an empty list of operations',
    rule('{ upstream: inbox, operations: [] }'),
    '5:40 services.ops.allow[0].operations is an empty list',
  ],
  [
    'a rule without operations',
    rule('{ upstream: inbox }'),
    '5:9 services.ops.allow[0].operations is missing',
  ],
  [
    'an empty audience in a rule',
    rule('{ upstream: inbox, operations: [users.create], audience: "" }'),
    '5:66 services.ops.allow[0].audience is empty',
  ],
  [
    'an empty list of scopes',
    rule('{ upstream: inbox, operations: [users.create], scopes: [] }'),
    '5:64 services.ops.allow[0].scopes is an empty list',
  ],
  [
    'a scope that no operation needs',
    rule('{ upstream: inbox, operations: [users.create], scopes: [admin] }'),
    '5:9 services.ops.allow[0] is not possible: scope "admin"',
  ],
  [
    'a service without identities',
    'services:\n  ops: { identities: [], allow: [] }',
    '2:22 services.ops.identities is an empty list',
  ],
  [
    'a subject with a wildcard',
    'services:\n  ops: { identities: [{ issuer: login, subject: "a*" }], allow: [] }',
    '2:49 services.ops.identities[0].subject has a "*"',
  ],
  [
    'a subject that is everything',
    'services:\n  ops: { identities: [{ issuer: login, subject: "*" }], allow: [] }',
    '2:49 services.ops.identities[0].subject "*" is refused',
  ],
  [
    'a duration without unit',
    issuer('issuer: https://k.example\n    skew: 30'),
    '5:11 issuers.login.skew must be text, not the number 30',
  ],
  [
    'a duration in words',
    issuer('issuer: https://k.example\n    skew: 30 seconds'),
    '5:11 issuers.login.skew is not a duration',
  ],
  [
    'a skew of an hour',
    issuer('issuer: https://k.example\n    skew: 1h'),
    '5:11 issuers.login.skew is out of range',
  ],
  [
    'a timeout of nothing',
    upstream({ timeouts: '{ connect: 0s }' }),
    '7:26 upstreams.api.timeouts.connect is out of range',
  ],
  [
    'a token endpoint that is waited for all night',
    upstream({ token: '{ endpoint: "https://a.example", timeouts: { total: 8h } }' }),
    '4:64 upstreams.api.token.timeouts.total is out of range',
  ],
  [
    'a time for a key set that there is not',
    issuer('issuer: https://k.example\n    timeouts: { idle: 5s }'),
    '5:17 issuers.login.timeouts.idle is not known here',
  ],
  [
    'two scopes in one',
    upstream({ operations: '{ a: { route: GET /a, scopes: ["a b"] } }' }),
    '6:48 upstreams.api.operations.a.scopes[0] is not one scope',
  ],
  [
    'a parameter that the gateway sets',
    upstream({ token: '{ endpoint: "https://a.example", parameters: { Scope: all } }' }),
    '4:59 upstreams.api.token.parameters.Scope is set by the gateway itself',
  ],
  [
    'forwarding the credential',
    upstream({ headers: '[x-tenant, Authorization]' }),
    '7:25 upstreams.api.headers[1] is never taken from a caller',
  ],
  [
    'an upstream with nothing but a credential',
    'upstreams:\n  api:\n    credential: { client_id: x, client_secret: "${env:SECRET}" }',
    '2:3 upstreams.api.url is missing',
    '2:3 upstreams.api.token.endpoint is missing',
    '2:3 upstreams.api.operations is missing',
  ],
  [
    'an upstream without operations',
    upstream({ operations: '{}' }),
    '6:17 upstreams.api.operations is empty',
  ],
]

const at = '6:31 upstreams.api.operations.a.route'
const routeCases: Case[] = [
  [
    'a WebSocket that is no GET',
    upstream({ operations: '{ a: { route: "POST /a", websocket: true } }' }),
    '6:53 upstreams.api.operations.a.websocket is for a GET',
  ],
  ['a route without method', operation('/a'), `${at} is not a route`],
  ['a method in lower case', operation('get /a'), `${at} get is not a method`],
  ['a tunnel', operation('CONNECT /a'), `${at} CONNECT is not a method`],
  ['a query', operation('GET /a?b=c'), `${at} has a query or fragment`],
  ['a variable beside text', operation('GET /a/x{b}'), `${at} has a variable that is not a whole segment`],
  [
    'three variables in a segment',
    operation('GET /{a}{b}{c}'),
    `${at} has a variable that is not a whole segment`,
  ],
  ['a variable with a pattern', operation('GET /{a:.*}'), `${at} has a variable that is not a whole segment`],
  ['a variable twice', operation('GET /{a}/{a}'), `${at} has the variable {a} twice`],
  ['an empty segment', operation('GET /a//b'), `${at} has an empty segment`],
  ['dots', operation('GET /a/../b'), `${at} has a "." or ".." segment`],
  ['a wildcard', operation('GET /a/*'), `${at} has a segment that is not plain`],
  ['an encoded character', operation('GET /a%2Fb'), `${at} has a segment that is not plain`],
  [
    'equal routes',
    upstream({ operations: '{ a: { route: "GET /{x}" }, b: { route: "GET /{y}" } }' }),
    '6:57 upstreams.api.operations.b.route overlaps with that of a',
  ],
  [
    'a route of the preset',
    'upstreams:\n  inbox:\n    preset: inbox-manager\n    credential: { client_id: x, client_secret: "${env:SECRET}" }\n    operations:\n      mine: { route: "GET /api/accounts/{id}" }',
    '6:22 upstreams.inbox.operations.mine.route overlaps with that of accounts.get',
  ],
]

describe.each([
  ['YAML', yamlCases],
  ['key', keyCases],
  ['name', nameCases],
  ['reference', referenceCases],
  ['address', addressCases],
  ['value', valueCases],
  ['route', routeCases],
])('refuses, as a matter of %s,', (_, cases) => {
  it.each(cases)('%s', (_what, yaml, ...expected) => {
    const faults = faultsOf(yaml)
    expect(faults.map((fault, index) => fault.slice(0, expected[index]?.length ?? fault.length))).toEqual(
      expected,
    )
  })
})

it('reports the faults of every section at once, in the order of the file', () => {
  const faults = faultsOfFile(
    [
      'gateway: { audience: gw, listen: "0.0.0.0:80" }',
      'issuers: { login: { kind: jwt, issuer: "" } }',
      'upstreams:',
      '  api: { url: "http://a.example", token: {}, credential: { client_id: x, client_secret: y }, operations: { a: { route: x } } }',
      'services:',
      '  ops: { identities: [{ issuer: logn, subject: ops }], allow: [{ upstream: api, operations: [b] }, { upstream: no, operations: [] }] }',
    ].join('\n'),
  )
  expect(faults.map((fault) => fault.split(' ', 2).join(' '))).toEqual([
    '1:1 gateway.tls',
    '2:40 issuers.login.issuer',
    '4:15 upstreams.api.url',
    '4:35 upstreams.api.token.endpoint',
    '4:89 upstreams.api.credential.client_secret',
    '4:120 upstreams.api.operations.a.route',
    '6:33 services.ops.identities[0].issuer',
    '6:94 services.ops.allow[0].operations[0]',
    '6:112 services.ops.allow[1].upstream',
    '6:128 services.ops.allow[1].operations',
  ])
})

it('stops an alias bomb in no time, and says where', () => {
  const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
  for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi'].map((pair) => [...pair])) {
    lines.push(`${to}: &${to} [${Array(10).fill(`*${from}`).join(', ')}]`)
  }
  const start = performance.now()
  const faults = faultsOfFile(lines.join('\n'))
  expect(faults.some((fault) => fault.includes('stands for too many values through aliases'))).toBe(true)
  expect(performance.now() - start).toBeLessThan(5_000)
})

describe('a folder', () => {
  function write(files: Record<string, string>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
  }
  const whole = Object.values(sound).join('\n')

  it('defines each name once, and a second time shows both places', () => {
    write({ 'a.YAML': whole, 'services/ops.yml': sound.services })
    expect(faultsAt(folder)).toEqual([
      'services/ops.yml:1:13 services.ops is defined twice, here and at ./a.YAML:4:13',
    ])
  })

  it('may not say a key of the gateway twice', () => {
    write({ 'a.yaml': whole, 'b.yaml': 'gateway: { audience: other }' })
    expect(faultsAt(folder)).toEqual([
      'b.yaml:1:12 gateway.audience is defined twice, here and at ./a.yaml:1:12',
    ])
  })

  it('leaves out dot files, policy tests and what is not YAML', () => {
    write({
      'a.yaml': whole,
      '.hidden.yaml': '!',
      '..2026/a.yaml': whole,
      'a.test.yaml': '!',
      'b.test.yml': '!',
      'README.md': '!',
    })
    expect(faultsAt(folder)).toEqual([])
  })

  it('leaves out what a package manager has put there, however deep', () => {
    write({
      'a.yaml': whole,
      [`node_modules/${'a/'.repeat(40)}b.yaml`]: '!',
      'services/node_modules/a/.github/ci.yml': '!',
    })
    expect(faultsAt(folder)).toEqual([])
  })

  it('says which folders are nested too deep, and what may be given instead', () => {
    write({ 'a.yaml': whole, [`${'a/'.repeat(20)}b.yaml`]: '!' })
    expect(faultsAt(folder)[0]).toMatch(/folders are nested deeper than 16 at .*a\/a.*: give the folder/)
  })

  it('without a file in it is a fault of the folder', () => {
    expect(faultsAt(folder)[0]).toContain('cannot be read: there is no *.yaml file in this folder')
  })

  it('reports a file that is not YAML without calling its names missing', () => {
    write({ 'a.yaml': Object.values({ ...sound, issuers: '' }).join('\n'), 'b.yaml': 'issuers: {' })
    expect(faultsAt(folder)).toHaveLength(1)
    expect(faultsAt(folder)[0]).toMatch(/^b\.yaml:1:11 {2}is not accepted as YAML/)
  })
})

it('finds what is wrong with a condition, whatever else is wrong with its rule, service or upstream', () => {
  const yaml = [
    'services:',
    '  ops:',
    '    identities: [{ issuer: login, subject: ops }]',
    '    allow:',
    '      - { upstream: inbox, operations: [users.crate], when: "request.path.user == request.metod" }',
    '      - { upstream: inbix, operations: [users.create], when: "request.metod == \'GET\'" }',
    '      - { upstream: inbox, operations: [users.create], limit: 3/eon, when: "request.method" }',
    '      - { upstream: inbox, operations: [users.create], limit: 3/eon, when: "request.method == \'GET\'" }',
    sound.upstreams.replace('SECRET', 'UNSET'),
  ].join('\n')
  expect(faultsOf(yaml).filter((fault) => fault.includes('.when '))).toEqual([
    '5:61 services.ops.allow[0].when there is no request.metod (character 22)',
    '6:62 services.ops.allow[1].when there is no request.metod (character 1)',
    '7:76 services.ops.allow[2].when is of type string, not true or false',
  ])
})

it('reports a path that leads nowhere', () => {
  expect(faultsAt(join(folder, 'nowhere.yaml'))).toEqual([
    '1:1  cannot be read: there is no such file or folder',
  ])
})

it.each([
  ['one file of several', 'services: {}', 'Where it is in another file, give the folder of both.'],
  [
    'a file of policy tests',
    'tests: []',
    '`countersign test` finds it in *.test.yaml beside the configuration',
  ],
])('tells who gave %s what to give', (_what, text, hint) => {
  const file = join(folder, 'part.yaml')
  writeFileSync(file, text)
  expect(() => loadConfig(file, { env, presets })).toThrow(
    expect.objectContaining({
      faults: expect.arrayContaining([expect.objectContaining({ hint: expect.stringContaining(hint) })]),
    }),
  )
})
