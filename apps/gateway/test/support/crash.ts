// Loaded into a gateway with --import: a defect that strikes on a signal, to see what a crash shows.
process.on('SIGUSR2', () => {
  setImmediate(() => {
    throw new Error('a defect of this test’s own')
  })
})
