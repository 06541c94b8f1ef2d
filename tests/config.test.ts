import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig, SANDBOX } from '../src/config.ts'

const real = {
  APP_URL: 'https://buzon.example.mx',
  WHATSAPP_APP_SECRET: 'secreto-de-meta',
  WHATSAPP_VERIFY_TOKEN: 'palabra',
  SEALING_KEY: 'una-llave-de-prueba-de-32-caracteres-o-mas',
}

const HEX = '0f1e2d3c4b5a69788796a5b4c3d2e1f0'
const TOKEN = 'palabra-del-operador-de-32-caracteres-o-mas'

/** The sentences of what is wrong; none where nothing is. */
function problems(env: Record<string, unknown>): string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

describe('the sandbox', () => {
  it('is on where nothing real is configured, with its fixed secrets and on this machine only', () => {
    expect(readConfig({})).toEqual({
      port: 8787,
      host: '127.0.0.1',
      databaseUrl: undefined,
      appUrl: 'http://127.0.0.1:8787',
      whatsapp: {
        appId: SANDBOX.appId,
        appSecrets: [SANDBOX.appSecret],
        verifyToken: SANDBOX.verifyToken,
        apiUrl: 'http://127.0.0.1:8788/whatsapp',
        version: 'v26.0',
      },
      mail: { kind: 'http', apiUrl: 'http://127.0.0.1:8788/mail', ...SANDBOX.mail },
      openSignUp: false,
      media: { dir: undefined, s3: undefined },
      salesforceLoginUrl: 'http://127.0.0.1:8788/salesforce',
      salesforceEventsUrl: 'https://api.pubsub.salesforce.com:7443',
      zendeskUrl: 'http://127.0.0.1:8788/zendesk',
      googleApiUrl: 'http://127.0.0.1:8788/google',
      hubspotApiUrl: 'http://127.0.0.1:8788/hubspot',
      sealingKeys: [SANDBOX.sealingKey],
      operatorToken: SANDBOX.operatorToken,
      sandbox: true,
      sandboxPort: 8788,
      inngest: undefined,
    })
  })

  it('takes a port, a database and an address of its own, and stays at home', () => {
    const env = {
      PORT: '9000',
      HOST: '0.0.0.0',
      DATABASE_URL: 'postgres://localhost/buzon',
      APP_URL: 'http://buzon.local/',
    }
    expect(readConfig(env)).toMatchObject({
      sandbox: true,
      port: 9000,
      host: '127.0.0.1',
      databaseUrl: 'postgres://localhost/buzon',
      appUrl: 'http://buzon.local',
      salesforceLoginUrl: 'http://127.0.0.1:9001/salesforce',
      salesforceEventsUrl: 'https://api.pubsub.salesforce.com:7443',
      zendeskUrl: 'http://127.0.0.1:9001/zendesk',
      googleApiUrl: 'http://127.0.0.1:9001/google',
      hubspotApiUrl: 'http://127.0.0.1:9001/hubspot',
    })
  })

  it('never calls a real vendor', () => {
    const config = readConfig({
      WHATSAPP_API_URL: 'https://graph.facebook.com',
      HUBSPOT_API_URL: 'https://api.hubapi.com',
    })
    expect([config.whatsapp.apiUrl, config.hubspotApiUrl]).toEqual([
      'http://127.0.0.1:8788/whatsapp',
      'http://127.0.0.1:8788/hubspot',
    ])
  })

  it.each([
    ['WHATSAPP_APP_SECRET', 'algo'],
    ['WHATSAPP_VERIFY_TOKEN', 'algo'],
    ['SEALING_KEY', real.SEALING_KEY],
    ['OPERATOR_TOKEN', TOKEN],
    ['INNGEST_SIGNING_KEY', HEX],
  ])('is off with %s', (name, value) => {
    expect(problems({ [name]: value })).not.toEqual([])
    expect(readConfig({ ...real, INNGEST_EVENT_KEY: 'evento', [name]: value }).sandbox).toBe(false)
    expect(problems({ SANDBOX: 'on', INNGEST_EVENT_KEY: 'evento', [name]: value })).toEqual([
      `SANDBOX is on, but ${name} is set: real secrets do not belong in a sandbox`,
    ])
  })

  it('is not mixed with real secrets', () => {
    expect(problems({ SANDBOX: 'on', ...real })).toEqual([
      'SANDBOX is on, but WHATSAPP_APP_SECRET, WHATSAPP_VERIFY_TOKEN, SEALING_KEY are set: real secrets do not belong in a sandbox',
    ])
  })

  it('takes an Inngest server on this machine, with keys known to all, and no other', () => {
    for (const baseUrl of ['http://127.0.0.1:8288', 'http://localhost:8288', 'http://[::1]:8288']) {
      expect(readConfig({ INNGEST_BASE_URL: baseUrl })).toMatchObject({
        sandbox: true,
        inngest: { baseUrl, ...SANDBOX.inngest },
      })
    }
    expect(problems({ INNGEST_BASE_URL: 'http://127.0.0.1.example.com' })).toHaveLength(1)
  })

  it('takes an empty variable for none', () => {
    expect(readConfig({ WHATSAPP_APP_SECRET: '', SEALING_KEY: '', PORT: '', SANDBOX: '' })).toMatchObject({
      sandbox: true,
      port: 8787,
    })
  })
})

describe('in earnest', () => {
  it('uses what is given', () => {
    expect(readConfig(real)).toEqual({
      port: 8787,
      host: '0.0.0.0',
      databaseUrl: undefined,
      appUrl: 'https://buzon.example.mx',
      whatsapp: {
        appId: null,
        appSecrets: ['secreto-de-meta'],
        verifyToken: 'palabra',
        apiUrl: 'https://graph.facebook.com',
        version: 'v26.0',
      },
      salesforceLoginUrl: 'https://login.salesforce.com',
      salesforceEventsUrl: 'https://api.pubsub.salesforce.com:7443',
      zendeskUrl: 'https://{subdomain}.zendesk.com',
      googleApiUrl: 'https://www.googleapis.com',
      hubspotApiUrl: 'https://api.hubapi.com',
      mail: undefined,
      openSignUp: false,
      media: { dir: undefined, s3: undefined },
      sealingKeys: [real.SEALING_KEY],
      operatorToken: undefined,
      sandbox: false,
      sandboxPort: 8788,
      inngest: undefined,
    })
  })

  it('has an operator where a token is given', () => {
    expect(readConfig({ ...real, OPERATOR_TOKEN: TOKEN }).operatorToken).toBe(TOKEN)
  })

  it('holds two secrets, and two keys, while one replaces the other', () => {
    const keys = 'la-llave-nueva-de-32-caracteres-o-mas, la-llave-vieja-de-32-caracteres-o-mas'
    const config = readConfig({ ...real, WHATSAPP_APP_SECRET: 'nuevo , viejo', SEALING_KEY: keys })
    expect(config.whatsapp.appSecrets).toEqual(['nuevo', 'viejo'])
    expect(config.sealingKeys).toEqual([
      'la-llave-nueva-de-32-caracteres-o-mas',
      'la-llave-vieja-de-32-caracteres-o-mas',
    ])
  })

  it('never falls back on a secret of the sandbox', () => {
    for (const name of Object.keys(real)) {
      expect(problems({ ...real, [name]: undefined })).toEqual([expect.stringMatching(`^${name} is missing: .+`)])
    }
    expect(problems({ SANDBOX: 'off' }).map(text => text.split(' ')[0])).toEqual([
      'WHATSAPP_APP_SECRET',
      'WHATSAPP_VERIFY_TOKEN',
      'SEALING_KEY',
      'APP_URL',
    ])
  })

  it('leaves functions to the embedded engine, or to an Inngest of your own', () => {
    const inngest = { INNGEST_SIGNING_KEY: HEX, INNGEST_EVENT_KEY: 'evento' }
    expect(readConfig({ ...real, ...inngest }).inngest).toEqual({
      baseUrl: undefined,
      signingKey: HEX,
      eventKey: 'evento',
    })
    const own = { ...inngest, INNGEST_BASE_URL: 'http://inngest.local:8288/' }
    expect(readConfig({ ...real, ...own }).inngest?.baseUrl).toBe('http://inngest.local:8288')
  })

  it('takes the signing key of the cloud and of a server of your own, and the one before', () => {
    const keys = { INNGEST_SIGNING_KEY: `signkey-prod-${HEX}`, INNGEST_EVENT_KEY: 'evento' }
    expect(readConfig({ ...real, ...keys }).inngest?.signingKey).toBe(`signkey-prod-${HEX}`)
    const before = HEX.replace('0f', 'ff')
    const both = { ...keys, INNGEST_SIGNING_KEY_FALLBACK: before }
    expect(readConfig({ ...real, ...both }).inngest?.signingKeyFallback).toBe(before)
  })

  it('takes the slash off addresses', () => {
    const env = {
      ...real,
      APP_URL: 'https://b.mx//',
      WHATSAPP_API_URL: 'http://w.mx/',
      HUBSPOT_API_URL: 'http://h.mx/',
    }
    expect(readConfig(env)).toMatchObject({
      appUrl: 'https://b.mx',
      whatsapp: { apiUrl: 'http://w.mx' },
      hubspotApiUrl: 'http://h.mx',
    })
  })
})

describe('every mistake has a sentence that names the variable and what to do', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ PORT: 'ocho' }, 'PORT must be a number'],
    [{ PORT: '80.5' }, 'PORT must be a whole number'],
    [{ PORT: '0' }, 'PORT must be between 1 and 65534'],
    [{ PORT: '65535' }, 'PORT must be between 1 and 65534 (the sandbox takes the port after it)'],
    [{ DATABASE_URL: 'mysql://localhost/buzon' }, 'DATABASE_URL must be a URL beginning with postgres://'],
    [{ DATABASE_URL: 'localhost:5432' }, 'DATABASE_URL must be a URL beginning with postgres://'],
    [
      { APP_URL: 'buzon.example.mx' },
      'APP_URL must be the public address of this service beginning with http:// or https://',
    ],
    [
      { APP_URL: 'ftp://b.mx' },
      'APP_URL must be the public address of this service beginning with http:// or https://',
    ],
    [
      { WHATSAPP_APP_SECRET: 'a,b,c' },
      'WHATSAPP_APP_SECRET holds more than two secrets: the current one and the one before',
    ],
    [{ WHATSAPP_APP_SECRET: 'a,' }, 'WHATSAPP_APP_SECRET has an empty part between commas'],
    [{ WHATSAPP_APP_SECRET: ' ' }, 'WHATSAPP_APP_SECRET has an empty part between commas'],
    [{ WHATSAPP_API_VERSION: '26' }, 'WHATSAPP_API_VERSION must look like v26.0'],
    [
      { WHATSAPP_API_URL: 'graph.facebook.com' },
      'WHATSAPP_API_URL must be the address of the Graph API beginning with http:// or https://',
    ],
    [
      { HUBSPOT_API_URL: 'x' },
      'HUBSPOT_API_URL must be the address of HubSpot’s API beginning with http:// or https://',
    ],
    [{ SEALING_KEY: 'corta' }, 'SEALING_KEY must have at least 32 characters; make one with: openssl rand -base64 32'],
    [
      { SEALING_KEY: `${real.SEALING_KEY},corta` },
      'SEALING_KEY must have at least 32 characters; make one with: openssl rand -base64 32',
    ],
    ...['corta', `${TOKEN} con espacios`, `${TOKEN}-ñandú`].map(
      token =>
        [
          { OPERATOR_TOKEN: token },
          'OPERATOR_TOKEN must have at least 32 characters, of ASCII and without spaces: openssl rand -base64 32',
        ] as [Record<string, unknown>, string],
    ),
    [{ SANDBOX: 'yes' }, 'SANDBOX must be on or off'],
    [
      { INNGEST_BASE_URL: 'inngest' },
      'INNGEST_BASE_URL must be the address of your Inngest server beginning with http:// or https://',
    ],
    [
      { INNGEST_BASE_URL: 'http://inngest.local' },
      'INNGEST_SIGNING_KEY is missing: INNGEST_BASE_URL names a server, and it must sign its calls',
    ],
    [{ INNGEST_SIGNING_KEY: HEX }, 'INNGEST_EVENT_KEY is missing: without it no event can be sent'],
    ...['firma', `${HEX}a`, HEX.slice(2), `signkey-${HEX}`, `prod-${HEX}`].map(
      key =>
        [
          { INNGEST_SIGNING_KEY: key, INNGEST_EVENT_KEY: 'evento' },
          'INNGEST_SIGNING_KEY must be hex, at least 32 digits and an even number: openssl rand -hex 32',
        ] as [Record<string, unknown>, string],
    ),
    [
      { INNGEST_SIGNING_KEY_FALLBACK: HEX },
      'INNGEST_SIGNING_KEY is missing: INNGEST_SIGNING_KEY_FALLBACK is only the key before it',
    ],
  ])('%j', (env, sentence) => {
    expect(problems({ ...real, ...env })).toEqual([sentence])
  })

  it('all of them at once, one to a line', () => {
    const env = { ...real, PORT: 'x', SANDBOX: 'maybe' }
    expect(() => readConfig(env)).toThrow(
      'The configuration has 2 mistakes:\n- PORT must be a number\n- SANDBOX must be on or off',
    )
    expect(() => readConfig({ ...real, PORT: 'x' })).toThrow('The configuration has a mistake:\n- PORT')
  })

  it('also in the sandbox', () => {
    expect(problems({ INNGEST_BASE_URL: 'http://inngest.local' })).toEqual([
      'INNGEST_SIGNING_KEY is missing: INNGEST_BASE_URL names a server, and it must sign its calls',
    ])
  })

  it('never shows a secret', () => {
    for (const name of ['WHATSAPP_APP_SECRET', 'SEALING_KEY', 'OPERATOR_TOKEN']) {
      expect(problems({ ...real, [name]: 'uno,dos,s3cr3to,' }).join()).not.toContain('s3cr3to')
    }
  })
})

describe('mails', () => {
  const from = 'Buzón <inbox@example.com>'

  it('go out one way, with an address that they come from', () => {
    const smtp = 'smtp://mail.example.com:587'
    expect(readConfig({ ...real, SMTP_URL: smtp, MAIL_FROM: from }).mail).toEqual({ kind: 'smtp', url: smtp, from })
    expect(readConfig({ ...real, MAIL_API_KEY: 'key', MAIL_FROM: from }).mail).toEqual({
      ...{ kind: 'http', apiUrl: 'https://api.resend.com', apiKey: 'key', from },
    })
  })

  it.each([
    [{ SMTP_URL: 'smtp://mail.example.com' }, /MAIL_FROM is missing/],
    [{ MAIL_FROM: from }, /neither SMTP_URL nor MAIL_API_KEY/],
    [{ SMTP_URL: 'smtp://mail.example.com', MAIL_API_KEY: 'key', MAIL_FROM: from }, /leave one of the two away/],
    [{ SMTP_URL: 'https://mail.example.com', MAIL_FROM: from }, /beginning with smtp/],
  ])('refuses %o', (given, sentence) => {
    expect(() => readConfig({ ...real, ...given })).toThrow(sentence)
  })
})

describe('.env.example', () => {
  const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
  const source = readFileSync(new URL('../src/config.ts', import.meta.url), 'utf8')

  it('lists every variable, each with its comment', () => {
    const variables = [...source.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(match => match[1])
    const listed = [...example.matchAll(/^# .+\n# ?([A-Z][A-Z_]+)=/gm)].map(match => match[1])
    expect(variables.length).toBeGreaterThan(10)
    expect(listed.toSorted()).toEqual(variables.toSorted())
  })

  it('states the fixed values of the sandbox', () => {
    const { google, hubspot, inngest, mail, people, salesforce, zendesk, ...others } = SANDBOX
    const values = [others, google, hubspot, inngest, mail, salesforce, zendesk].flatMap(each => Object.values(each))
    for (const value of [...values, ...people.map(({ email }) => email)]) expect(example).toContain(value)
  })

  it('sets nothing as it is', () => {
    expect(example.split('\n').filter(line => line !== '' && !line.startsWith('#'))).toEqual([])
  })
})

describe('files', () => {
  const s3 = {
    S3_ENDPOINT: 'https://s3.example.com/',
    S3_BUCKET: 'buzon-media',
    S3_ACCESS_KEY_ID: 'id',
    S3_SECRET_ACCESS_KEY: 'secret',
  }

  it('are kept in a folder, or in a bucket', () => {
    expect(readConfig({ MEDIA_DIR: '/srv/media' }).media).toEqual({ dir: '/srv/media', s3: undefined })
    expect(readConfig(s3).media.s3).toEqual({
      ...{ endpoint: 'https://s3.example.com', bucket: 'buzon-media', region: 'auto' },
      ...{ accessKeyId: 'id', secretAccessKey: 'secret' },
    })
  })

  it.each(Object.keys(s3))('%s must not be missing alone', name => {
    expect(problems({ ...s3, [name]: undefined })).toEqual([expect.stringMatching(new RegExp(`^${name} is missing: `))])
  })

  it('are kept in one place, under a name that can be', () => {
    expect(problems({ ...s3, MEDIA_DIR: '/srv/media' })).toEqual([expect.stringMatching(/^MEDIA_DIR is set beside/)])
    expect(problems({ ...s3, S3_BUCKET: 'Buzón' })).toEqual([expect.stringMatching(/^S3_BUCKET must be the name/)])
    expect(problems({ ...s3, S3_ENDPOINT: 'ftp://x' })).toEqual([expect.stringMatching(/^S3_ENDPOINT must be/)])
  })
})
