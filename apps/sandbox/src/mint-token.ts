/**
 * Gets a token from a token endpoint over HTTP, as a client would: `client_credentials` in JSON.
 *
 * @throws {Error} with status and text of an answer that is no success
 */
export async function mintToken(
  tokenEndpoint: string,
  parameters: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const answer = await fetch(tokenEndpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ grant_type: 'client_credentials', ...parameters }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`the token endpoint answered ${answer.status}: ${text}`)
  const { access_token }: { access_token: string } = JSON.parse(text)
  return access_token
}
