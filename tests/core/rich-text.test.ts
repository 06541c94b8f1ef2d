import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isFormatted, toWhatsAppText } from '../../src/core/rich-text.ts'

test.each([
  ['<p>Hola</p><p>¿Qué tal?</p>', 'Hola\n¿Qué tal?'],
  ['<p>Hola</p><p><br></p><p>Ana</p>', 'Hola\n\nAna'],
  ['Hola<br>Ana<br/>Luz', 'Hola\nAna\nLuz'],
  ['<b>Importe:</b> <i>20 €</i> <s>25 €</s>', '*Importe:* _20 €_ ~25 €~'],
  ['<strong> espacio </strong>fin', ' *espacio* fin'.trim()],
  ['<b>una<br>dos</b>', '*una*\n*dos*'],
  ['<strong><em>las dos</em></strong>', '*_las dos_*'],
  ['<ul><li>uno</li><li>dos</li></ul>', '- uno\n- dos'],
  ['<ol><li>uno</li><li><b>dos</b></li></ol>', '1. uno\n2. *dos*'],
  ['<a href="https://x.example/a?b=1&amp;c=2">aquí</a>', 'aquí (https://x.example/a?b=1&c=2)'],
  ['<a href="https://x.example/">https://x.example</a>', 'https://x.example'],
  ['<a href="mailto:ana@x.example">ana@x.example</a>', 'ana@x.example'],
  ['<blockquote>antes<br>y después</blockquote>fin', '> antes\n> y después\nfin'],
  ['<pre>a  b\n  c</pre>', '```a  b\n  c```'],
  ['<b>a <strong>b</strong></b> 1 < 2 <3', '*a b* 1 < 2 <3'],
  ['1 &lt; 2 &amp;&amp; 3 &gt; 2 &#128512; &amp;lt;', '1 < 2 && 3 > 2 😀 &lt;'],
  ['<b>sin cerrar <i>tampoco', '*sin cerrar _tampoco_*'],
  ['</b>sobra</p>', 'sobra'],
  ['<b> </b>nada<b></b>', ' nada'.trim()],
])('%s', (html, text) => {
  expect(toWhatsAppText(html)).toBe(text)
})

test('of text without formatting nothing is lost', () => {
  const words = fc.array(
    fc.string({ minLength: 1 }).filter(each => /^[\w¿?áñ]+$/.test(each)),
    { minLength: 1 },
  )
  fc.assert(
    fc.property(words, list => {
      expect(toWhatsAppText(`<p>${list.join(' ')}</p>`)).toBe(list.join(' '))
    }),
  )
})

test('whatever comes is taken, in reasonable time', () => {
  fc.assert(fc.property(fc.string(), text => typeof toWhatsAppText(text) === 'string'))
  const began = performance.now()
  toWhatsAppText('<b>'.repeat(20_000) + '<a href='.repeat(5_000))
  expect(performance.now() - began).toBeLessThan(2_000)
  expect(isFormatted('<p>Hola</p>')).toBe(false)
  expect(isFormatted('<p><strong>Hola</strong></p>')).toBe(true)
})
