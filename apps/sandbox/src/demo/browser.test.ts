import { expect, test } from 'vitest'
import { listen } from '../listener.ts'
import { openLink } from './browser.ts'

test('a visit follows redirects, with the cookies that were set and without those that were taken back', async () => {
  const seen: string[] = []
  const site = await listen(0, () => (req, res) => {
    seen.push(`${req.url} ${req.headers.cookie ?? '-'}`)
    if (req.url === '/start') {
      res.setHeader('set-cookie', ['a=1; Path=/; HttpOnly', 'b=x=y; Max-Age=600'])
      res.writeHead(303, { location: '/middle?q=1' }).end()
    } else if (req.url?.startsWith('/middle')) {
      res.setHeader('set-cookie', 'a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT')
      res.writeHead(302, { location: new URL('/end', `http://${req.headers.host}`).href }).end()
    } else res.writeHead(400).end('that was it\n')
  })
  const page = await openLink(`${site.origin}/start`)
  await site.close()
  expect(page).toEqual({ status: 400, text: 'that was it' })
  expect(seen).toEqual(['/start -', '/middle?q=1 a=1; b=x=y', '/end b=x=y'])
})

test('a visit that goes round in circles ends', async () => {
  const site = await listen(0, () => (_req, res) => void res.writeHead(303, { location: '/' }).end())
  await expect(openLink(site.origin)).rejects.toThrow('redirected more than 20 times')
  await site.close()
})
