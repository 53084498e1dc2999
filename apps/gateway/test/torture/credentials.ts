import { createSigningKey, type TestIssuer } from '@countersign/testkit'
import type { Subject } from './traffic.ts'

/** Gives each subject its token, a new one now and then; the forger's is signed with a key nobody published. */
export async function createCredentials(issuer: TestIssuer): Promise<(subject: Subject) => Promise<string>> {
  const foreign = await createSigningKey(issuer.key().alg)
  const known = new Map<Subject, { token: Promise<string>; until: number }>()

  return function credentialOf(subject) {
    const kept = known.get(subject)
    if (kept && kept.until > Date.now()) return kept.token
    const forged = { key: { ...foreign, kid: issuer.key().kid } }
    const token = subject === 'forger' ? issuer.sign({ sub: 'owner' }, forged) : issuer.sign({ sub: subject })
    known.set(subject, { token, until: Date.now() + 30_000 })
    return token
  }
}
