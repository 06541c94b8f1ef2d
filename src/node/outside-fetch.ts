/**
 * Calls to addresses that customers of ours name, such as those of outgoing webhooks: a name may lead to this machine or
 * into a private network only once it is looked up, and differently each time it is asked, so what the connection is
 * opened to is judged. Workers need none of it: their network reaches no private address.
 */
import { lookup } from 'node:dns'
import { BlockList, type LookupFunction } from 'node:net'
import { Agent, fetch as fetchBy, type RequestInit } from 'undici'

/** As `fetch`; throws a `TypeError` whose cause says so where a name leads to an address that is not public. */
export function createOutsideFetch(): typeof fetch {
  const dispatcher = new Agent({ connect: { lookup: publicOnly } })
  // The library's fetch and the runtime's are of one specification, and their types of two packages.
  return ((input: string, init?: RequestInit) => fetchBy(input, { ...init, dispatcher })) as unknown as typeof fetch
}

const publicOnly: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error) return done(error, '')
    const hidden = found.find(({ address, family }) => !isPublic(address, family === 6 ? 'ipv6' : 'ipv4'))
    const [first] = found
    if (hidden) done(new Error(`${hostname} leads to ${hidden.address}, which is not a public address`), '')
    else if (options.all) done(null, found)
    else if (first) done(null, first.address, first.family)
    else done(new Error(`${hostname} leads nowhere`), '')
  })
}

/** Whether packets to it may leave for the internet (IANA, special-purpose address registries; RFC 6890). */
export function isPublic(address: string, family: 'ipv4' | 'ipv6'): boolean {
  return family === 'ipv4'
    ? !special.check(address, 'ipv4')
    : global.check(address, 'ipv6') && !special.check(address, 'ipv6')
}

const special = listOf('ipv4', [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3'],
])
// Of version 6 one block is global; in it, tunnels may carry a private address of version 4.
const global = listOf('ipv6', ['2000::/3'])
for (const block of ['2001::/23', '2001:db8::/32', '2002::/16']) addTo(special, 'ipv6', block)

function listOf(family: 'ipv4' | 'ipv6', blocks: string[]): BlockList {
  const list = new BlockList()
  for (const block of blocks) addTo(list, family, block)
  return list
}

function addTo(list: BlockList, family: 'ipv4' | 'ipv6', block: string) {
  const [net = '', bits] = block.split('/')
  list.addSubnet(net, Number(bits), family)
}
