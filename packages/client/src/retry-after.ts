/** `Retry-After` (RFC 9110 10.2.3), seconds or date, as whole seconds from now; `undefined` when it is neither. */
export function retryAfterSeconds({ headers }: Response): number | undefined {
  const field = headers.get('retry-after')
  if (field === null) return undefined
  if (/^\d+$/.test(field)) return Number(field)
  const seconds = Math.ceil((Date.parse(field) - Date.now()) / 1000)
  return Number.isNaN(seconds) ? undefined : Math.max(seconds, 0)
}
