import { createHmac } from 'node:crypto'
import { createSigningKey, forgeToken, type TestIssuer } from '@countersign/testkit'

/** Credentials of a campaign, and what stands for them in a case. */
export interface CampaignTokens {
  /** Puts credentials in place of `$J` (svc-a), `$K` (svc-b), `$S` (a stranger), `$%J`, `$B0.` … `$B11.` (bad ones). */
  fill(text: string): string
  /** Parts of credentials, none of which may travel on. */
  readonly parts: readonly string[]
}

/** Signs what the cases need, for as long as a campaign lasts. */
export async function createCampaignTokens(issuer: TestIssuer): Promise<CampaignTokens> {
  const now = Math.floor(Date.now() / 1000)
  const long = { iat: now, exp: now + 86_000 }
  const [good, other, stranger] = await Promise.all(
    ['svc-a', 'svc-b', 'nobody'].map((sub) => issuer.sign({ ...long, sub })),
  )
  if (!good || !other || !stranger) throw new TypeError('three tokens were to be signed')
  const bad = await badTokens(issuer, good)
  const encoded = good.replaceAll(/^.|.(?=.{9}$)/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
  const known: Readonly<Record<string, string>> = { $J: good, $K: other, $S: stranger, '$%J': encoded }
  return {
    fill: (text) =>
      text
        .replaceAll(/\$B(\d+)\./g, (_name, at: string) => bad[Number(at) % bad.length] ?? '')
        .replaceAll(/\$(?:J|K|S|%J)/g, (name) => known[name] ?? name),
    parts: [good, other, stranger].flatMap((token) => {
      const signature = token.slice(token.lastIndexOf('.') + 1)
      return [signature.slice(0, 40), signature.slice(-40)]
    }),
  }
}

async function badTokens(issuer: TestIssuer, good: string): Promise<string[]> {
  const [header = '', claims = '', signature = ''] = good.split('.')
  const { kid } = issuer.key()
  const payload = Buffer.from(claims, 'base64url')
  const flipped = signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))
  const hmac = (input: Buffer) => createHmac('sha256', kid).update(input).digest()
  return [
    `${header}.${claims}.${flipped}`,
    `${header}.${claims}.`,
    `${header}.${claims}`,
    `${good}.${signature}`,
    `${header}.${claims}x.${signature}`,
    forgeToken({ header: { alg: 'none', kid }, payload }),
    forgeToken({ header: { alg: 'HS256', kid }, payload, sign: hmac }),
    forgeToken({ header: `{"alg":"none","alg":"ES256","kid":"${kid}"}`, payload, sign: hmac }),
    forgeToken({ header: `${'['.repeat(2000)}`, payload }),
    await issuer.sign({ iat: 1, exp: 2 }),
    await issuer.sign({ aud: 'https://other.internal' }),
    await issuer.sign({}, { key: await createSigningKey('ES256', kid) }),
  ]
}
