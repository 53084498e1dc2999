import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startProcess } from '@countersign/testkit'
import { onCore } from './cores.ts'
import { findOnPath } from './find-on-path.ts'
import { freePort } from './free-port.ts'
import { untilListening } from './until-listening.ts'

/** What every subject forwards to. */
export interface Upstream extends AsyncDisposable {
  readonly port: number
}

/** A path of the gateway, and of a proxy before the upstream, for {@link startUpstream}. */
export const seen = '/api/v1/users/seen'

/** Sizes of the files it serves, in bytes, by the last segment of their path. */
export const files = { '1mb': 1_000_000, '100mb': 100_000_000 } as const

/**
 * nginx on the core of the load: a small JSON body for anything, files of 1 MB and 100 MB. An upload is answered when
 * the whole of it has arrived; an answer before that would be one to half a request, and some of it never sent.
 * {@link seen} says what kind of credential came with the request.
 *
 * @throws {Error} where nginx is not on PATH
 */
export async function startUpstream(folder: string): Promise<Upstream> {
  const nginx = findOnPath('nginx')
  if (nginx === undefined) throw new Error('the upstream is nginx, which is not on PATH')
  const home = join(folder, 'upstream')
  mkdirSync(home)
  for (const [name, size] of Object.entries(files)) writeFileSync(join(home, name), Buffer.alloc(size, 'x'))
  const port = await freePort()
  const config = join(home, 'nginx.conf')
  writeFileSync(config, configuration(home, port))
  const running = await startProcess(...onCore('load', nginx, ['-p', home, '-c', config]))
  await untilListening(port)
  return { port, [Symbol.asyncDispose]: running.close }
}

const answer = '{"id":"u-1","name":"Ada Lovelace","email":"ada@example.com","roles":["viewer"],"active":true}'

function configuration(home: string, port: number): string {
  // Started by root, its workers would be somebody else, who may not read the folder.
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  return `
${user} daemon off; worker_processes 1; pid ${home}/nginx.pid; error_log ${home}/error.log crit;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; client_max_body_size 0;
  client_body_temp_path ${home}/body; proxy_temp_path ${home}/proxy; fastcgi_temp_path ${home}/fastcgi;
  uwsgi_temp_path ${home}/uwsgi; scgi_temp_path ${home}/scgi; default_type application/json;
  map $http_authorization $credential { default none; "~^Bearer eyJ" inbound; "~^Bearer " minted; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location ~ ^(?:/api)?/v1/users/seen$ { return 200 '{"credential":"$credential"}'; }
    location / { return 200 '${answer}'; }
    location ~ ^(?:/api)?/v1/uploads$ {
      client_body_buffer_size 101m; proxy_pass_request_body off; proxy_set_header Content-Length "";
      proxy_method GET; rewrite ^ /v1/users/u-1 break; proxy_pass http://127.0.0.1:${port};
    }
    location ~ ^(?:/api)?/files/(1mb|100mb)$ { limit_except GET { deny all; } alias ${home}/$1; }
  }
}
`
}
