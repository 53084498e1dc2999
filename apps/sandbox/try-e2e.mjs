import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { createClient, staticIdentity, loginradius, aurinko } from '@countersign/client'
import { startSandbox } from './src/start-sandbox.ts'
const s = await startSandbox({ issuer: {}, aurinko: { provider: 'grant' } })
const port = 20000 + Math.floor(Math.random()*20000)
rmSync('/tmp/e2e-store.json', { force: true })
const env = { ...process.env, INTERNAL_ISSUER: s.issuer.issuer, LOGINRADIUS_URL: s.loginRadius.url, LOGINRADIUS_TOKEN_ENDPOINT: s.loginRadius.tokenEndpoint, LOGINRADIUS_CLIENT_ID: s.loginRadius.clientId, LOGINRADIUS_CLIENT_SECRET: s.loginRadius.clientSecret, LOGINRADIUS_API_KEY: s.loginRadius.apiKey, LOGINRADIUS_API_SECRET: s.loginRadius.apiSecret, AURINKO_URL: s.aurinko.url, AURINKO_CLIENT_ID: s.aurinko.clientId, AURINKO_CLIENT_SECRET: s.aurinko.clientSecret, GATEWAY_PUBLIC_LISTEN: `127.0.0.1:${port}`, GATEWAY_PUBLIC_URL: `http://127.0.0.1:${port}`, GATEWAY_STORE: '/tmp/e2e-store.json', GATEWAY_STORE_KEY: randomBytes(32).toString('base64') }
s.aurinko.registerReturnUrl(`http://127.0.0.1:${port}/connect/aurinko/callback`)
let log = ''
async function gw(example, extra={}) {
  const p = spawn(process.execPath, ['../gateway/src/main.ts','serve',`../../examples/${example}`,'--listen','127.0.0.1:0','--admin','127.0.0.1:0'], { env: {...env, ...extra} })
  let out = ''
  const ready = await new Promise((ok, no) => { p.stdout.on('data', d => { out += d; log += d; for (const l of out.split('\n')) { try { const j = JSON.parse(l); if (j.msg === 'listening') ok(j) } catch {} } }); p.stderr.on('data', d => { log += d }); p.on('exit', c => no(new Error('exit '+c+' '+log))) ; setTimeout(()=>no(new Error('slow '+log)),40000)})
  return { ...ready, stop: () => new Promise(r => { p.removeAllListeners('exit'); p.on('exit', r); p.kill('SIGTERM') }) }
}
const idFor = (sub) => s.issuer.sign(sub)
async function token(sub) {
  const r = await fetch(s.issuer.tokenEndpoint, { method: 'POST', headers: {'content-type':'application/x-www-form-urlencoded'}, body: new URLSearchParams({ grant_type: 'client_credentials', client_id: sub, subject: sub, audience: s.issuer.audience }) })
  const t = await r.text(); try { return JSON.parse(t).access_token } catch { throw new Error(t) }
}
console.log(Object.keys(s.issuer))
const t = async (name, f) => { try { console.log('ok  ', name, JSON.stringify(await f()).slice(0,150)) } catch (e) { console.log('FAIL', name, e.message, e.code ?? '', JSON.stringify(e.body ?? '')) } }
const lr = await gw('loginradius')
{
  const as = async (sub) => loginradius(createClient({ gateway: lr.data, identity: staticIdentity(await idFor(sub)) }))
  const on = await as('provisioning'), desk = await as('partner-desk'), rep = await as('reporting')
  await t('org create', () => on.organizations.create({ Name: 'X' }))
  await t('invite', () => on.invitations.send({ email: 'a@b.c', orgId: s.loginRadius.organizationId, roleIds: [s.loginRadius.roleId], inviterUid: s.loginRadius.accountUid, invitationUrl: 'https://x.y' }))
  await t('list inv', () => rep.invitations.list(s.loginRadius.organizationId))
  await t('domain', () => desk.domains.add(s.loginRadius.organizationId, 'example.com'))
  await t('connection', () => desk.connections.create(s.loginRadius.organizationId, { Name: 'okta' }))
  await t('refused: reporting creates', () => rep.organizations.create({ Name: 'no' }))
  console.log(s.loginRadius.requestCounts)
  const tk = await idFor('reporting')
  const own = await fetch(`${lr.data}/loginradius/v2/manage/organizations?ApiSecret=evil&apikey=evil&CLIENT_ID=x`, { headers: { authorization: 'Bearer '+tk } })
  console.log('caller copies', own.status, (await own.text()).slice(0,80))
  s.loginRadius.revokeTokens(); await t('after revoke (read replays)', () => rep.organizations.list())
  s.loginRadius.limitRequests(0); await t('429', () => rep.organizations.list()); s.loginRadius.limitRequests(undefined)
  await lr.stop()
  const bad = await gw('loginradius', { LOGINRADIUS_CLIENT_SECRET: 'wrong', LOGINRADIUS_API_SECRET: '00000000-0000-4000-8000-000000000000' })
  const b = async (sub) => loginradius(createClient({ gateway: bad.data, identity: staticIdentity(await idFor(sub)) }))
  await t('wrong client secret', async () => (await b('reporting')).organizations.list())
  await t('wrong api secret', async () => (await b('partner-desk')).domains.list('org_sandbox'))
  await bad.stop()
  for (const x of ['clientSecret','apiKey','apiSecret']) console.log('leak', x, log.includes(s.loginRadius[x]))
}
const au = await gw('aurinko')
{
  const as = async (g, sub) => aurinko(createClient({ gateway: g.data, identity: staticIdentity(await idFor(sub)) }))
  await t('before consent', async () => (await as(au,'provisioning')).calendars.list())
  await t('am before consent', async () => (await as(au,'directory')).personalAccounts.list())
  console.log('readyz', await (await fetch(au.admin + '/readyz')).text())
  const op = await idFor('platform-team')
  const r = await fetch(`${au.admin}/connect/aurinko`, { redirect: 'manual', headers: { authorization: 'Bearer ' + op } })
  console.log('connect', r.status, r.headers.get('location'), r.status>399? await r.text():'')
  let url = r.headers.get('location'); const jar = new Map()
  for (let i = 0; url && i < 9; i++) {
    const a = await fetch(url, { redirect: 'manual', headers: { cookie: [...jar].map(([k,v])=>`${k}=${v}`).join('; ') } })
    for (const c of a.headers.getSetCookie()) { const [k,v] = c.split(';')[0].split(/=(.*)/s); jar.set(k,v) }
    const text = await a.text()
    console.log('  hop', a.status, url.slice(0,110)); if (!a.headers.get('location')) console.log(text.replace(/<style.*?<\/style>/s,'').replace(/<[^>]+>/g,' ').replace(/\s+/g,' ').slice(0,400))
    url = a.headers.get('location') && new URL(a.headers.get('location'), url).href
  }
  console.log(s.aurinko.serviceAccounts())
  const me = await as(au,'provisioning')
  let cal
  await t('calendars', async () => { const p = await me.calendars.list(); cal = p.records[0]; return p })
  await t('event', () => me.events.create(cal.id, { subject: 's', start: { dateTime: '2026-03-02T10:00:00Z' }, end: { dateTime: '2026-03-02T11:00:00Z' } }))
  await t('events', () => me.events.list(cal.id, { timeMin: '2026-03-01T00:00:00Z', timeMax: '2026-04-01T00:00:00Z' }))
  await t('update', async () => { const [e] = (await me.events.list(cal.id, { timeMin: '2026-03-01T00:00:00Z', timeMax: '2026-04-01T00:00:00Z' })).records; return me.events.update({ calendarId: cal.id, eventId: e.id }, { change: { subject: 'new' }, etag: e.etag }) })
  await t('send', () => me.messages.send({ to: [{ address: 'a@b.cd' }], subject: 'x' }))
  await t('404 oddity', () => me.calendars.get('nope'))
  await au.stop()
  const again = await gw('aurinko')
  await t('after restart', async () => (await as(again,'provisioning')).calendars.list())
  s.aurinko.setTokenStatus('invalid'); await t('token may heal', async () => (await as(again,'provisioning')).calendars.list())
  s.aurinko.setTokenStatus('active'); await t('healed', async () => (await as(again,'provisioning')).calendars.list())
  s.aurinko.revokeTokens(); await t('dead', async () => (await as(again,'provisioning')).calendars.list())
  await t('dead, next', async () => (await as(again,'provisioning')).calendars.list())
  await again.stop()
  console.log('store readable?', readFileSync('/tmp/e2e-store.json','utf8').slice(0,200))
}
await s.close()
