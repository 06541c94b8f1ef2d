import http from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createOutsideFetch, isPublic } from '../../src/node/outside-fetch.ts'

let asked = 0
const server = http.createServer((_, answer) => {
  asked++
  answer.end('private')
})

beforeAll(() => new Promise<void>(resolve => server.listen(0, resolve)))
afterAll(() => new Promise(resolve => server.close(resolve)))

it('a name that leads to this machine is not called', async () => {
  const { port } = server.address() as { port: number }
  const call = createOutsideFetch()(`http://localhost:${port}/`, { method: 'POST', body: '{}' })
  await expect(call).rejects.toMatchObject({ cause: { message: expect.stringContaining('is not a public address') } })
  expect(asked).toBe(0)
})

it.each([
  '10.1.2.3',
  '100.64.0.1',
  '127.9.9.9',
  '169.254.169.254',
  '172.31.0.1',
  '192.168.1.1',
  '198.19.0.1',
  '0.0.0.0',
  '255.255.255.255',
])('%s is not public', address => expect(isPublic(address, 'ipv4')).toBe(false))

it.each([
  '::1',
  '::',
  'fe80::1',
  'fd00:ec2::254',
  '::ffff:10.0.0.1',
  '64:ff9b::a00:1',
  '2002:a00:1::1',
  '2001:0:a00::1',
  'ff02::1',
])('%s is not public', address => expect(isPublic(address, 'ipv6')).toBe(false))

it.each([
  ['8.8.8.8', 'ipv4'],
  ['172.32.0.1', 'ipv4'],
  ['100.128.0.1', 'ipv4'],
  ['2606:4700::1111', 'ipv6'],
  ['2a00:1450::1', 'ipv6'],
] as const)('%s is public', (address, family) => expect(isPublic(address, family)).toBe(true))
