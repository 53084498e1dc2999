// pact's native core reports its use to its makers unless told not to.
process.env.PACT_DO_NOT_TRACK = 'true'

// The verifier would send its requests to loopback through a proxy of the environment.
for (const name of ['http_proxy', 'https_proxy', 'all_proxy']) {
  delete process.env[name]
  delete process.env[name.toUpperCase()]
}
