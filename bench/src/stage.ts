import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  startTestIssuer,
  startTokenEndpoint,
  type TestIssuer,
  type TestTokenEndpoint,
} from '@countersign/testkit'
import { startUpstream, type Upstream } from './machine/upstream.ts'

/** What subjects stand on: an upstream, and for the gateway an issuer and a token endpoint. */
export interface Stage extends AsyncDisposable {
  /** Everything that is written goes here, and goes away with the stage. */
  readonly folder: string
  readonly upstream: Upstream
  readonly issuer: TestIssuer
  readonly tokens: TestTokenEndpoint
  /** A signed token (ES256) of each of these subjects, valid for the whole run; the same ones each time. */
  tokensOf(subjects: readonly string[]): Promise<readonly string[]>
}

const lifetimeSeconds = 12 * 3600

/** Sets it up on loopback. */
export async function openStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'))
  const upstream = await startUpstream(folder)
  const issuer = await startTestIssuer({ algorithms: ['ES256'] })
  const tokens = await startTokenEndpoint({ expiresInSeconds: lifetimeSeconds })
  const signed = new Map<string, Promise<string>>()

  function tokenOf(subject: string): Promise<string> {
    const known = signed.get(subject)
    if (known) return known
    const exp = Math.floor(Date.now() / 1000) + lifetimeSeconds
    const token = issuer.sign({ sub: subject, exp })
    signed.set(subject, token)
    return token
  }
  return {
    folder,
    upstream,
    issuer,
    tokens,
    tokensOf: (subjects) => Promise.all(subjects.map(tokenOf)),
    async [Symbol.asyncDispose]() {
      await Promise.all([upstream[Symbol.asyncDispose](), issuer.close(), tokens.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
