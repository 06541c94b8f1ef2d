/** What a finding means and how it is mended, for people. */
import type { Language } from '../errors.ts'
import type { Finding, FindingCode } from './validate.ts'

type Texts = Record<Language, [sentence: string, fix: string]>

/** `{name}` stands for a fact of the finding. */
const catalogue: Record<FindingCode, Texts> = {
  'no identifier': {
    es: ['Ninguna fila es el identificador.', 'Marca como identificador la fila que escribe «{field}».'],
    en: ['No row is the identifier.', 'Mark the row that writes "{field}" as the identifier.'],
    pt: ['Nenhuma linha é o identificador.', 'Marque como identificador a linha que escreve «{field}».'],
  },
  'several identifiers': {
    es: ['Hay más de un identificador: {rows}.', 'Deja la marca en una sola fila.'],
    en: ['There is more than one identifier: {rows}.', 'Leave the mark on one row only.'],
    pt: ['Há mais de um identificador: {rows}.', 'Deixe a marca em uma só linha.'],
  },
  'other identifier': {
    es: [
      'El identificador se escribe en «{theirs}», pero el CRM reconoce el registro por «{field}».',
      'Escríbelo en «{field}».',
    ],
    en: [
      'The identifier is written to "{theirs}", but the CRM knows the record by "{field}".',
      'Write it to "{field}".',
    ],
    pt: [
      'O identificador é escrito em «{theirs}», mas o CRM reconhece o registro por «{field}».',
      'Escreva-o em «{field}».',
    ],
  },
  'identifier comes in': {
    es: ['El identificador no puede leerse del CRM.', 'Cambia la dirección de «{theirs}» a solo salida.'],
    en: ['The identifier cannot be read from the CRM.', 'Change the direction of "{theirs}" to out.'],
    pt: ['O identificador não pode ser lido do CRM.', 'Mude a direção de «{theirs}» para somente saída.'],
  },
  'row twice': {
    es: ['Dos filas se llaman «{id}».', 'Da a cada fila un identificador propio.'],
    en: ['Two rows are called "{id}".', 'Give each row an id of its own.'],
    pt: ['Duas linhas se chamam «{id}».', 'Dê a cada linha um identificador próprio.'],
  },
  'unknown field of ours': {
    es: ['Aquí no existe el campo «{field}».', 'Elige otro campo, o crea ese campo personalizado.'],
    en: ['There is no field "{field}" here.', 'Choose another field, or make that custom field.'],
    pt: ['Aqui não existe o campo «{field}».', 'Escolha outro campo, ou crie esse campo personalizado.'],
  },
  'unknown field of theirs': {
    es: ['El CRM no tiene el campo «{field}».', 'Elige un campo que exista, o créalo en el CRM.'],
    en: ['The CRM has no field "{field}".', 'Choose a field that is there, or make it in the CRM.'],
    pt: ['O CRM não tem o campo «{field}».', 'Escolha um campo que exista, ou crie-o no CRM.'],
  },
  'field of ours is fixed': {
    es: ['«{field}» no puede cambiarse desde el CRM.', 'Cambia la dirección a solo salida.'],
    en: ['"{field}" cannot be changed from the CRM.', 'Change the direction to out.'],
    pt: ['«{field}» não pode ser mudado a partir do CRM.', 'Mude a direção para somente saída.'],
  },
  'field of theirs is fixed': {
    es: ['El CRM no deja escribir en «{field}».', 'Cambia la dirección a solo entrada, o elige otro campo.'],
    en: ['The CRM does not let anybody write "{field}".', 'Change the direction to in, or choose another field.'],
    pt: ['O CRM não deixa escrever em «{field}».', 'Mude a direção para somente entrada, ou escolha outro campo.'],
  },
  'written twice': {
    es: ['Dos filas escriben en «{field}».', 'Deja que escriba solo una.'],
    en: ['Two rows write "{field}".', 'Let only one of them write it.'],
    pt: ['Duas linhas escrevem em «{field}».', 'Deixe que só uma escreva.'],
  },
  'read twice': {
    es: ['Dos filas leen para «{field}».', 'Deja que lea solo una.'],
    en: ['Two rows read into "{field}".', 'Let only one of them read.'],
    pt: ['Duas linhas leem para «{field}».', 'Deixe que só uma leia.'],
  },
  'template comes in': {
    es: ['De una plantilla no se puede leer de vuelta.', 'Cambia la dirección a solo salida.'],
    en: ['A template cannot be read back.', 'Change the direction to out.'],
    pt: ['De um modelo não se pode ler de volta.', 'Mude a direção para somente saída.'],
  },
  'number of fields': {
    es: ['La fila nombra {given} campos del CRM y necesita {wanted}.', 'Añade o quita campos.'],
    en: ['The row names {given} fields of the CRM and needs {wanted}.', 'Add or remove fields.'],
    pt: ['A linha nomeia {given} campos do CRM e precisa de {wanted}.', 'Adicione ou remova campos.'],
  },
  'unknown table': {
    es: ['La conexión no tiene la tabla de opciones «{table}».', 'Elige otra, o escribe las opciones en la fila.'],
    en: ['The connection has no option table "{table}".', 'Choose another, or write the options in the row.'],
    pt: ['A conexão não tem a tabela de opções «{table}».', 'Escolha outra, ou escreva as opções na linha.'],
  },
  'no country': {
    es: ['Un teléfono nacional necesita el código del país.', 'Indica el código, por ejemplo 52 o 55.'],
    en: ['A national number needs the country code.', 'Give the code, such as 52 or 55.'],
    pt: ['Um telefone nacional precisa do código do país.', 'Informe o código, por exemplo 52 ou 55.'],
  },
  'cannot append': {
    es: ['«{field}» no es ni texto ni lista: no se le puede añadir.', 'Elige otra política.'],
    en: ['"{field}" is neither a text nor a list: nothing can be appended to it.', 'Choose another policy.'],
    pt: ['«{field}» não é texto nem lista: não se pode acrescentar.', 'Escolha outra política.'],
  },
  'missing required': {
    es: ['El CRM exige «{field}» y ninguna fila lo escribe.', 'Añade una fila que escriba «{name}».'],
    en: ['The CRM demands "{field}", and no row writes it.', 'Add a row that writes "{name}".'],
    pt: ['O CRM exige «{field}» e nenhuma linha o escreve.', 'Adicione uma linha que escreva «{name}».'],
  },
  'type mismatch': {
    es: [
      '«{ours}» ({type}) no es del tipo de «{theirs}» ({theirType}).',
      'Revisa la transformación; se aplicará de todos modos.',
    ],
    en: [
      '"{ours}" ({type}) is not of the type of "{theirs}" ({theirType}).',
      'Check the transform; it is applied all the same.',
    ],
    pt: [
      '«{ours}» ({type}) não é do tipo de «{theirs}» ({theirType}).',
      'Revise a transformação; será aplicada mesmo assim.',
    ],
  },
  'options without partner': {
    es: ['{count} opciones de «{field}» no tienen pareja.', 'Empareja las que uses: las demás no se llevan.'],
    en: ['{count} options of "{field}" have no partner.', 'Pair those you use: the others are not carried.'],
    pt: ['{count} opções de «{field}» não têm par.', 'Faça par das que usar: as outras não são levadas.'],
  },
}

export function explainFinding({ code, facts }: Finding, language: Language): { sentence: string; fix: string } {
  const [sentence, fix] = catalogue[code][language].map(text =>
    text.replace(/\{(\w+)\}/g, (whole, name: string) => facts[name] ?? whole),
  )
  return { sentence: sentence ?? '', fix: fix ?? '' }
}
