import { createHmac, randomBytes } from 'node:crypto'
import { type Credential, Secret } from '@countersign/auth-core'
import { buildClientCertificate } from './build-client-certificate.ts'
import { buildSigningKey } from './build-signing-key.ts'
import type { ParsedSections } from './parse-sections.ts'
import { Problem } from './schema/problem.ts'

type ParsedUpstream = ParsedSections['upstreams'] extends ReadonlyMap<string, infer T> ? T : never

/** A credential, and what is wrong with its parts, by their names in the configuration. */
export interface BuiltCredential {
  readonly credential: Credential
  readonly problems: ReadonlyMap<string, Problem>
}

/** Known to this process only: the version of a credential cannot be tried against a list of guesses. */
const versionKey = randomBytes(32)

/** A credential whose members are secrets, with a version that changes with any of them. */
export function buildCredential(parsed: ParsedUpstream['credential']): BuiltCredential {
  const { client_id: clientId, client_secret, private_key, key_id, algorithm, ...rest } = parsed
  const { certificate, certificate_key, workload_token, ...more } = rest
  const problems = new Map<string, Problem>()
  function sound<Part>(name: string, part: Part | Problem | undefined): Part | undefined {
    if (!(part instanceof Problem)) return part
    problems.set(name, part)
    return undefined
  }
  const members = Object.entries(more)
  const credential: Credential = Object.freeze({
    clientId,
    clientSecret: secret(client_secret),
    signingKey:
      sound('private_key', private_key && buildSigningKey(private_key, { key_id, algorithm })) || undefined,
    certificate: sound(
      'certificate',
      certificate && certificate_key ? buildClientCertificate(certificate, certificate_key) : undefined,
    ),
    workloadToken: secret(sound('workload_token', workload_token && compactJwt(workload_token)) || undefined),
    ...(members.length > 0 && {
      members: new Map(members.map(([name, value]) => [name, new Secret(value)])),
    }),
    version: versionOf(parsed),
  })
  return { credential, problems }
}

function versionOf(parsed: ParsedUpstream['credential']): string {
  const parts = Object.entries(parsed).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHmac('sha256', versionKey).update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}

function secret(value: string | undefined): Secret | undefined {
  return value === undefined ? undefined : new Secret(value)
}

/** A JWT in its one form (RFC 7519 3); who made it and for how long is the token endpoint's to judge. */
function compactJwt(text: string): string | Problem {
  const token = text.trim()
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)
    ? token
    : new Problem('is not a JSON Web Token', 'name the file that the platform keeps its token in')
}
