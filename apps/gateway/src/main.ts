#!/usr/bin/env node
console.log('x', process.version, process.argv)
