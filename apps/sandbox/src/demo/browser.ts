/** What a browser shows in the end. */
export interface Page {
  readonly status: number
  readonly text: string
}

/** More than any consent takes; a browser gives up at 20. */
const mostRedirects = 20

/**
 * Opens a link as a browser does: follows redirects wherever they lead, and gives back the cookies it was given.
 * All of the demo is one host, and cookies know no ports, so one jar per visit is what a browser would have.
 *
 * @throws {Error} after 20 redirects
 */
export async function openLink(link: string): Promise<Page> {
  const jar = new Map<string, string>()
  let url = link
  for (let count = 0; count <= mostRedirects; count += 1) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } })
    for (const line of answer.headers.getSetCookie()) keep(jar, line)
    const text = await answer.text()
    const location = answer.headers.get('location')
    if (location === null) return { status: answer.status, text: text.trim() }
    url = new URL(location, url).href
  }
  throw new Error(`the browser was redirected more than ${mostRedirects} times`)
}

/** `Max-Age=0` and a past `Expires` both take a cookie back (RFC 6265 5.3). */
function keep(jar: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
  const split = pair.indexOf('=')
  const [name, value] = [pair.slice(0, split), pair.slice(split + 1)]
  if (attributes.some(takesBack)) jar.delete(name)
  else jar.set(name, value)
}

function takesBack(attribute: string): boolean {
  const [name = '', value = ''] = attribute.toLowerCase().split('=')
  return (name === 'max-age' && Number(value) <= 0) || (name === 'expires' && Date.parse(value) <= Date.now())
}
