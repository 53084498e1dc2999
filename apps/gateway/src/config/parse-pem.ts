const block = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g

/** The certificates of a PEM file (RFC 7468 5), in DER; none where it is something else. */
export function parsePem(text: string): readonly Buffer[] {
  return [...text.matchAll(block)].map(([, encoded = '']) => Buffer.from(encoded, 'base64'))
}
