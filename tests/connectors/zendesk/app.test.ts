/** The sidebar as it is uploaded: what is in the archive, and what is refused. */
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { packageApp } from '../../../scripts/zendesk/app.ts'
import { APP_NAME } from '../../../src/connectors/zendesk/card.ts'

const CONNECTION = '01932a4e-5b7c-7000-8000-000000000001'

/** What lies in an archive of stored files, by its central directory (APPNOTE.TXT 4.3.12). */
function unzip(archive: Buffer): Map<string, Buffer> {
  const end = archive.length - 22
  expect(archive.readUInt32LE(end)).toBe(0x06054b50)
  const files = new Map<string, Buffer>()
  let at = archive.readUInt32LE(end + 16)
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const [size, length] = [archive.readUInt32LE(at + 20), archive.readUInt16LE(at + 28)]
    const name = archive.toString('utf8', at + 46, at + 46 + length)
    const local = archive.readUInt32LE(at + 42)
    const start = local + 30 + archive.readUInt16LE(local + 26)
    const bytes = archive.subarray(start, start + size)
    expect(crc32(bytes)).toBe(archive.readUInt32LE(at + 16))
    files.set(name, bytes)
    at += 46 + length
  }
  return files
}

test('holds what Zendesk asks for, with the addresses of this installation', () => {
  const files = unzip(packageApp('https://inbox.shop.example/anything', CONNECTION))
  const json = (name: string) => JSON.parse(String(files.get(name)))
  expect([...files.keys()]).toEqual([
    ...['manifest.json', 'translations/en.json', 'translations/es.json', 'translations/pt.json'],
    ...['assets/logo.png', 'assets/logo-small.png'],
  ])
  expect(json('manifest.json')).toMatchObject({
    // By which the installation is found there.
    name: APP_NAME,
    signedUrls: true,
    domainWhitelist: ['inbox.shop.example'],
    location: {
      support: {
        ticket_sidebar: { url: `https://inbox.shop.example/embed/zendesk/app/${CONNECTION}`, flexible: true },
      },
    },
  })
  const languages = [...files.keys()].filter(name => name.startsWith('translations/'))
  expect(new Set(languages.map(name => String(Object.keys(json(name).app).toSorted()))).size).toBe(1)
  const sides = ['assets/logo.png', 'assets/logo-small.png'].map(name => files.get(name)?.readUInt32BE(16))
  expect(sides).toEqual([320, 128])
})

test('is the same bytes each time, and none without a safe address or a connection', () => {
  expect(packageApp('https://a.example', CONNECTION)).toEqual(packageApp('https://a.example', CONNECTION))
  expect(() => packageApp('http://a.example', CONNECTION)).toThrow()
  expect(() => packageApp('https://a.example', 'mine')).toThrow(/id/)
})
