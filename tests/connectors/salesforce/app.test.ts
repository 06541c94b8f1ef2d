/** The package brings what setting up makes, and asks of the service what the service answers. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { CLIENT_NAME } from '../../../src/connectors/salesforce/client.ts'
import {
  caseLead,
  keyFields,
  messageFields,
  messageObject,
  permissionSet,
} from '../../../src/connectors/salesforce/package.ts'
import { API_VERSION, MESSAGE } from '../../../src/connectors/salesforce/settings.ts'

const app = path.resolve('src/connectors/salesforce/app')
const root = path.join(app, 'force-app/main/default')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

/** As the Metadata API writes it. */
function xml(type: string, value: object): string {
  const lines = (of: object, indent: string): string[] =>
    Object.entries(of)
      .filter(([name]) => !name.startsWith('@'))
      .flatMap(([name, given]) =>
        (Array.isArray(given) ? given : [given]).flatMap(each =>
          typeof each === 'object'
            ? [`${indent}<${name}>`, ...lines(each, `${indent}    `), `${indent}</${name}>`]
            : [`${indent}<${name}>${each}</${name}>`],
        ),
      )
  const open = `<${type} xmlns="http://soap.sforce.com/2006/04/metadata">`
  return `${['<?xml version="1.0" encoding="UTF-8"?>', open, ...lines(value, '    '), `</${type}>`].join('\n')}\n`
}

describe('the metadata', () => {
  const fields = [
    ...keyFields.map(({ object, field }) => [object, field] as const),
    ['Case', caseLead] as const,
    ...messageFields.map(field => [MESSAGE, field] as const),
  ]
  test.each(fields)('%s has the field that setting up makes', (object, field) => {
    expect(read(`objects/${object}/fields/${field.fullName}.field-meta.xml`)).toBe(xml('CustomField', field))
  })

  test('has the object and the permission set, and no field besides', () => {
    const { fields: _, fullName, ...object } = messageObject()
    expect(read(`objects/${fullName}/${fullName}.object-meta.xml`)).toBe(xml('CustomObject', object))
    const { fullName: name, ...permissions } = permissionSet()
    expect(read(`permissionsets/${name}.permissionset-meta.xml`)).toBe(xml('PermissionSet', permissions))
    expect(readdirSync(path.join(root, `objects/${MESSAGE}/fields`))).toHaveLength(messageFields.length)
  })

  test('is of the version that is spoken, and each class and trigger has its own', () => {
    expect(JSON.parse(readFileSync(path.join(app, 'sfdx-project.json'), 'utf8')).sourceApiVersion).toBe(API_VERSION)
    for (const folder of ['classes', 'triggers']) {
      const files = readdirSync(path.join(root, folder)).filter(name => /\.(cls|trigger)$/.test(name))
      expect(files.length).toBeGreaterThan(0)
      for (const file of files) {
        expect(existsSync(path.join(root, folder, `${file}-meta.xml`))).toBe(true)
        expect(read(`${folder}/${file}-meta.xml`)).toContain(`<apiVersion>${API_VERSION}</apiVersion>`)
      }
    }
  })

  test('keeps our own changes out of the channel, by the name that we call ourselves', () => {
    for (const object of ['Contact', 'Lead', 'Case', 'WhatsApp_Message__']) {
      const member = read(
        `platformEventChannelMembers/Buzon_${object.replace('__', '')}ChangeEvent.platformEventChannelMember-meta.xml`,
      )
      expect(member).toContain(`com/salesforce/api/rest/${API_VERSION};client=${CLIENT_NAME}`)
    }
  })
})

test('the component may show the pages of the installation that Apex asks, and no others', () => {
  const [, site] = /<endpointUrl>(.+)<\/endpointUrl>/.exec(read('cspTrustedSites/Buzon.cspTrustedSite-meta.xml')) ?? []
  const named = read('namedCredentials/Buzon.namedCredential-meta.xml')
  expect(named).toContain(`<parameterType>Url</parameterType>\n        <parameterValue>${site}</parameterValue>`)
})

test('Apex asks for what the service has, by the header that it looks at', () => {
  expect(read('classes/BuzonConversation.cls')).toContain('callout:Buzon/embed/salesforce')
  expect(read('classes/BuzonRing.cls')).toContain('callout:Buzon/hooks/salesforce/')
  expect(read('externalCredentials/Buzon.externalCredential-meta.xml')).toContain('<parameterName>x-buzon-key<')
})

describe('what the component decides', async () => {
  // Written for Jest, which runs it with the component in the app's own folder: its words are these.
  Object.assign(globalThis, { describe, expect, it, test })
  await import(path.join(root, 'lwc/whatsAppConversation/__tests__/decide.test.js'))
})
