import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startProcess } from '@countersign/testkit'
import { onCore } from '../machine/cores.ts'
import { findOnPath } from '../machine/find-on-path.ts'
import { freePort } from '../machine/free-port.ts'
import { untilListening } from '../machine/until-listening.ts'
import type { Subject } from './subject.ts'

/** A reverse proxy that is on PATH or not there at all, and what makes it one. */
interface PlainProxy {
  readonly name: string
  configuration(ports: { listen: number; upstream: number }, home: string): string
  arguments(config: string, home: string): readonly string[]
}

const nginx: PlainProxy = {
  name: 'nginx',
  arguments: (config, home) => ['-p', home, '-c', config],
  configuration: ({ listen, upstream }, home) => `
daemon off; worker_processes 1; pid ${home}/nginx.pid; error_log ${home}/error.log crit;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000000; client_max_body_size 0;
  client_body_temp_path ${home}/body; proxy_temp_path ${home}/proxy; fastcgi_temp_path ${home}/fastcgi;
  uwsgi_temp_path ${home}/uwsgi; scgi_temp_path ${home}/scgi;
  proxy_request_buffering off; proxy_max_temp_file_size 0;
  upstream api { server 127.0.0.1:${upstream}; keepalive 256; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${listen} backlog=4096;
    location / { proxy_pass http://api; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
`,
}

const haproxy: PlainProxy = {
  name: 'haproxy',
  arguments: (config) => ['-db', '-f', config],
  configuration: ({ listen, upstream }) => `
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend in
  bind 127.0.0.1:${listen}
  default_backend api
backend api
  server one 127.0.0.1:${upstream}
`,
}

const caddy: PlainProxy = {
  name: 'caddy',
  arguments: (config) => ['run', '--config', config, '--adapter', 'caddyfile'],
  configuration: ({ listen, upstream }, home) => `
{
  admin off
  auto_https off
  storage file_system ${home}
}
http://127.0.0.1:${listen} {
  reverse_proxy 127.0.0.1:${upstream}
}
`,
}

/** nginx, HAProxy and Caddy as plain reverse proxies with kept connections; they check and record nothing. */
export const plainProxies: readonly Subject[] = [nginx, haproxy, caddy].map(asSubject)

function asSubject(proxy: PlainProxy): Subject {
  const { name } = proxy
  return {
    name,
    title: `${name}, plain reverse proxy`,
    mints: false,
    unavailable: () => (findOnPath(name) === undefined ? `${name} is not on PATH` : undefined),
    async start({ folder, upstream }) {
      const home = mkdtempSync(join(folder, `${name}-`))
      const port = await freePort()
      const config = join(home, 'config')
      writeFileSync(config, proxy.configuration({ listen: port, upstream: upstream.port }, home))
      const command = onCore('subject', findOnPath(name) ?? name, proxy.arguments(config, home))
      const running = await startProcess(...command, { env: { HOME: home } })
      await untilListening(port)
      return { port, pid: running.pid, [Symbol.asyncDispose]: running.close }
    },
  }
}
