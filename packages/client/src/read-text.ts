/**
 * The beginning of a body as text, at most `limit` bytes of it; what is left is not read. An error's body
 * comes from outside and need not end.
 */
export async function readText(response: Response, limit: number): Promise<string> {
  if (response.body === null) return ''
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let left = limit
  while (left > 0) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    text += decoder.decode(value.subarray(0, left), { stream: true })
    left -= value.byteLength
  }
  // Not awaited: one half of a cloned body is cancelled only when the other is.
  reader.cancel().catch(() => undefined)
  return text
}
