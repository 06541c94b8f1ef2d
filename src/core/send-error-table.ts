/**
 * WhatsApp's error codes: what each means for what waits to be sent, and what people are told, in a sentence and its
 * mending (Meta, "Error codes").
 */
import type { Language } from './errors.ts'

type Words = Record<Language, string>

export type SendMeaning =
  /** Nothing was sent, and the same call may succeed later; `pace` says how much later, and who waits. */
  | { kind: 'retry'; pace: Pace }
  /** This message will be refused again. */
  | { kind: 'stop' }
  /** Every message of the number would be refused: nothing goes out until a person has mended it and resumes. */
  | { kind: 'pause channel' }
  /** The token or a permission is refused: nothing goes out until the number is connected again. */
  | { kind: 'reconnect channel' }
  | { kind: 'window closed' }
  | { kind: 'not on WhatsApp' }
  /** It may have been sent. Its delivery state tells, or else a person decides. */
  | { kind: 'ask a person' }

/** `app`: the quota of an hour; `channel`: messages a second; `pair`: to this customer. */
export type Pace = 'app' | 'channel' | 'pair'

export type SendError = { meaning: SendMeaning; sentence: Words; fix: Words }

export type Range = number | readonly [number, number]

const stop: SendMeaning = { kind: 'stop' }
const pause: SendMeaning = { kind: 'pause channel' }
const reconnect: SendMeaning = { kind: 'reconnect channel' }
const ask: SendMeaning = { kind: 'ask a person' }
const retry = (pace: Pace): SendMeaning => ({ kind: 'retry', pace })

export const waitForState: Words = {
  es: 'Puede haber llegado: espera su estado y, si no viene, decide si reenviarlo o descartarlo.',
  en: 'It may have arrived: wait for its state and, if none comes, decide whether to send it again or dismiss it.',
  pt: 'Pode ter chegado: espere o estado e, se não vier, decida se reenvia ou descarta.',
}
const willRetry: Words = {
  es: 'Se reintenta solo, más despacio.',
  en: 'It is tried again by itself, more slowly.',
  pt: 'Será tentado de novo sozinho, mais devagar.',
}
const reportIt: Words = {
  es: 'Corrige el contenido del mensaje y envíalo de nuevo; si se escribió en Buzón, avísanos.',
  en: 'Mend the content of the message and send it again; if it was written in Buzón, let us know.',
  pt: 'Corrija o conteúdo da mensagem e envie de novo; se foi escrita no Buzón, avise-nos.',
}
const editTemplate: Words = {
  es: 'Compara los parámetros con la plantilla aprobada, sincroniza las plantillas y envíala de nuevo.',
  en: 'Compare the parameters with the approved template, sync the templates, and send it again.',
  pt: 'Compare os parâmetros com o modelo aprovado, sincronize os modelos e envie de novo.',
}

/** The first row that has the code is it. */
export const table: readonly (SendError & { codes: readonly Range[] })[] = [
  {
    codes: [0, 190],
    meaning: reconnect,
    sentence: {
      es: 'El token de acceso del número venció o fue revocado.',
      en: 'The number’s access token has expired or was revoked.',
      pt: 'O token de acesso do número expirou ou foi revogado.',
    },
    fix: {
      es: 'Crea otro token de usuario del sistema en Meta y vuelve a conectar el número.',
      en: 'Make another system user token at Meta and connect the number again.',
      pt: 'Crie outro token de usuário do sistema na Meta e conecte o número de novo.',
    },
  },
  {
    codes: [3, 10, [200, 299], 131005],
    meaning: reconnect,
    sentence: {
      es: 'El token no tiene permiso para enviar desde este número.',
      en: 'The token has no permission to send from this number.',
      pt: 'O token não tem permissão para enviar por este número.',
    },
    fix: {
      es: 'Da al usuario del sistema la cuenta y el permiso whatsapp_business_messaging, y vuelve a conectar el número.',
      en: 'Give the system user the account and the permission whatsapp_business_messaging, and connect the number again.',
      pt: 'Dê ao usuário do sistema a conta e a permissão whatsapp_business_messaging, e conecte o número de novo.',
    },
  },
  {
    codes: [4, 80007],
    meaning: retry('app'),
    sentence: {
      es: 'La aplicación o la cuenta agotó su cuota de llamadas de esta hora.',
      en: 'The app or the account has used up its calls of this hour.',
      pt: 'O aplicativo ou a conta esgotou a cota de chamadas desta hora.',
    },
    fix: willRetry,
  },
  {
    codes: [130429],
    meaning: retry('channel'),
    sentence: {
      es: 'El número envía más mensajes por segundo de los que WhatsApp acepta.',
      en: 'The number sends more messages a second than WhatsApp takes.',
      pt: 'O número envia mais mensagens por segundo do que o WhatsApp aceita.',
    },
    fix: willRetry,
  },
  {
    codes: [131056],
    meaning: retry('pair'),
    sentence: {
      es: 'Salieron demasiados mensajes seguidos a este cliente.',
      en: 'Too many messages in a row went to this customer.',
      pt: 'Foram muitas mensagens seguidas para este cliente.',
    },
    fix: willRetry,
  },
  {
    codes: [131048],
    meaning: pause,
    sentence: {
      es: 'WhatsApp frenó el número porque muchos clientes bloquearon o denunciaron sus mensajes.',
      en: 'WhatsApp holds the number back because many customers blocked or reported its messages.',
      pt: 'O WhatsApp freou o número porque muitos clientes bloquearam ou denunciaram suas mensagens.',
    },
    fix: {
      es: 'Detén las campañas, revisa la calidad en el Administrador de WhatsApp y reanuda el número cuando mejore.',
      en: 'Stop campaigns, look at the quality in WhatsApp Manager, and resume the number when it is better.',
      pt: 'Pare as campanhas, veja a qualidade no Gerenciador do WhatsApp e retome o número quando melhorar.',
    },
  },
  {
    codes: [131064],
    meaning: stop,
    sentence: {
      es: 'La cuenta está limitada porque sus plantillas llevaban una categoría equivocada.',
      en: 'The account is limited because its templates were in a wrong category.',
      pt: 'A conta está limitada porque seus modelos estavam na categoria errada.',
    },
    fix: {
      es: 'Corrige la categoría de las plantillas en el Administrador de WhatsApp y espera a que termine el límite.',
      en: 'Mend the categories of the templates in WhatsApp Manager, and wait for the limit to end.',
      pt: 'Corrija a categoria dos modelos no Gerenciador do WhatsApp e espere o limite terminar.',
    },
  },
  {
    codes: [1, 2, 131000, 131016, 133004],
    meaning: ask,
    sentence: {
      es: 'WhatsApp tuvo un fallo interno y no dijo si envió el mensaje.',
      en: 'WhatsApp failed inside and did not say whether it sent the message.',
      pt: 'O WhatsApp teve uma falha interna e não disse se enviou a mensagem.',
    },
    fix: waitForState,
  },
  {
    codes: [131057],
    meaning: ask,
    sentence: {
      es: 'WhatsApp está en mantenimiento por unos minutos y no dijo si envió el mensaje.',
      en: 'WhatsApp is in maintenance for some minutes and did not say whether it sent the message.',
      pt: 'O WhatsApp está em manutenção por alguns minutos e não disse se enviou a mensagem.',
    },
    fix: waitForState,
  },
  {
    codes: [368],
    meaning: pause,
    sentence: {
      es: 'Meta bloqueó temporalmente la cuenta por incumplir sus políticas.',
      en: 'Meta has blocked the account for a time, for breaking its policies.',
      pt: 'A Meta bloqueou a conta temporariamente por violar suas políticas.',
    },
    fix: {
      es: 'Mira el motivo en la Calidad de la cuenta de Meta, corrígelo o apela, y reanuda el número.',
      en: 'See the reason in Meta’s Account Quality, mend it or appeal, and resume the number.',
      pt: 'Veja o motivo na Qualidade da conta da Meta, corrija ou recorra, e retome o número.',
    },
  },
  {
    codes: [131031],
    meaning: pause,
    sentence: {
      es: 'Meta tiene bloqueada la cuenta de WhatsApp.',
      en: 'Meta has locked the WhatsApp account.',
      pt: 'A Meta está com a conta do WhatsApp bloqueada.',
    },
    fix: {
      es: 'Mira el motivo en el Administrador de WhatsApp, apela si hace falta, y reanuda el número.',
      en: 'See the reason in WhatsApp Manager, appeal if need be, and resume the number.',
      pt: 'Veja o motivo no Gerenciador do WhatsApp, recorra se preciso, e retome o número.',
    },
  },
  {
    codes: [130497],
    meaning: stop,
    sentence: {
      es: 'La cuenta no puede escribir a clientes del país de este número.',
      en: 'The account may not write to customers in the country of this number.',
      pt: 'A conta não pode escrever a clientes do país deste número.',
    },
    fix: {
      es: 'Responde por otro medio; las restricciones por país están en la política de WhatsApp.',
      en: 'Answer by other means; WhatsApp’s policy lists the restrictions by country.',
      pt: 'Responda por outro meio; as restrições por país estão na política do WhatsApp.',
    },
  },
  {
    codes: [131026],
    meaning: { kind: 'not on WhatsApp' },
    sentence: {
      es: 'No se pudo entregar: el número no está en WhatsApp, tiene una versión antigua o no aceptó las condiciones.',
      en: 'It could not be delivered: the number is not on WhatsApp, its app is too old, or its terms were not accepted.',
      pt: 'Não pôde ser entregue: o número não está no WhatsApp, o aplicativo é antigo ou não aceitou os termos.',
    },
    fix: {
      es: 'Comprueba el número con el cliente o escríbele por otro medio; entre empresas no llegan plantillas.',
      en: 'Check the number with the customer or use other means; templates do not go from business to business.',
      pt: 'Confirme o número com o cliente ou use outro meio; modelos não chegam de empresa a empresa.',
    },
  },
  {
    codes: [131021],
    meaning: stop,
    sentence: {
      es: 'El destinatario es el propio número de la empresa.',
      en: 'The recipient is the business’s own number.',
      pt: 'O destinatário é o próprio número da empresa.',
    },
    fix: {
      es: 'Escribe a otro número.',
      en: 'Write to another number.',
      pt: 'Escreva para outro número.',
    },
  },
  {
    codes: [131030],
    meaning: stop,
    sentence: {
      es: 'El número de prueba solo puede escribir a los destinatarios de su lista.',
      en: 'The test number may write only to the recipients of its list.',
      pt: 'O número de teste só pode escrever aos destinatários da sua lista.',
    },
    fix: {
      es: 'Agrega al destinatario en Meta › WhatsApp › Configuración de la API, o usa un número propio.',
      en: 'Add the recipient at Meta › WhatsApp › API Setup, or use a number of your own.',
      pt: 'Adicione o destinatário em Meta › WhatsApp › Configuração da API, ou use um número próprio.',
    },
  },
  {
    codes: [131037],
    meaning: pause,
    sentence: {
      es: 'El nombre visible del número aún no está aprobado.',
      en: 'The display name of the number is not approved yet.',
      pt: 'O nome de exibição do número ainda não foi aprovado.',
    },
    fix: {
      es: 'Pide la aprobación del nombre en el Administrador de WhatsApp y luego reanuda el número.',
      en: 'Have the name approved in WhatsApp Manager, then resume the number.',
      pt: 'Peça a aprovação do nome no Gerenciador do WhatsApp e depois retome o número.',
    },
  },
  {
    codes: [131045, 133010],
    meaning: pause,
    sentence: {
      es: 'El número no está registrado en la API de WhatsApp.',
      en: 'The number is not registered with WhatsApp’s API.',
      pt: 'O número não está registrado na API do WhatsApp.',
    },
    fix: {
      es: 'Regístralo con su PIN en el Administrador de WhatsApp y luego reanuda el número.',
      en: 'Register it with its PIN in WhatsApp Manager, then resume the number.',
      pt: 'Registre-o com o PIN no Gerenciador do WhatsApp e depois retome o número.',
    },
  },
  {
    codes: [131042],
    meaning: pause,
    sentence: {
      es: 'La cuenta de WhatsApp tiene un problema de pago.',
      en: 'The WhatsApp account has a payment problem.',
      pt: 'A conta do WhatsApp tem um problema de pagamento.',
    },
    fix: {
      es: 'Revisa el método de pago en Meta › Facturación y luego reanuda el número.',
      en: 'Look at the payment method in Meta › Billing, then resume the number.',
      pt: 'Veja o método de pagamento em Meta › Cobrança e depois retome o número.',
    },
  },
  {
    codes: [131047],
    meaning: { kind: 'window closed' },
    sentence: {
      es: 'Pasaron más de 24 horas desde el último mensaje del cliente.',
      en: 'More than 24 hours have passed since the customer’s last message.',
      pt: 'Passaram mais de 24 horas desde a última mensagem do cliente.',
    },
    fix: {
      es: 'Envía una plantilla aprobada; cuando el cliente conteste, podrás escribir libremente.',
      en: 'Send an approved template; once the customer answers, you can write freely.',
      pt: 'Envie um modelo aprovado; quando o cliente responder, você poderá escrever livremente.',
    },
  },
  {
    codes: [131049],
    meaning: stop,
    sentence: {
      es: 'WhatsApp no lo entregó para que el cliente no reciba demasiados mensajes de marketing.',
      en: 'WhatsApp did not deliver it, so that the customer does not get too much marketing.',
      pt: 'O WhatsApp não entregou para que o cliente não receba marketing demais.',
    },
    fix: {
      es: 'No lo reenvíes antes de 24 horas: fallaría igual.',
      en: 'Do not send it again within 24 hours: it would fail the same way.',
      pt: 'Não reenvie antes de 24 horas: falharia da mesma forma.',
    },
  },
  {
    codes: [131050],
    meaning: stop,
    sentence: {
      es: 'El cliente ya no quiere mensajes de marketing de este número.',
      en: 'The customer no longer wants marketing messages of this number.',
      pt: 'O cliente não quer mais mensagens de marketing deste número.',
    },
    fix: {
      es: 'Respeta su baja: no le envíes marketing hasta que vuelva a aceptarlo.',
      en: 'Honour the opt-out: send no marketing until the customer accepts it again.',
      pt: 'Respeite a saída: não envie marketing até que o cliente aceite de novo.',
    },
  },
  {
    codes: [130472],
    meaning: stop,
    sentence: {
      es: 'El cliente es parte de un experimento de Meta y no recibe este mensaje de marketing.',
      en: 'The customer is in an experiment of Meta’s and does not get this marketing message.',
      pt: 'O cliente faz parte de um experimento da Meta e não recebe esta mensagem de marketing.',
    },
    fix: {
      es: 'No lo reenvíes; espera a que el cliente escriba o usa otro medio.',
      en: 'Do not send it again; wait for the customer to write, or use other means.',
      pt: 'Não reenvie; espere o cliente escrever ou use outro meio.',
    },
  },
  {
    codes: [33, 100, 131008, 131009, 135000],
    meaning: stop,
    sentence: {
      es: 'WhatsApp no entiende o no admite algún dato del mensaje.',
      en: 'WhatsApp does not understand or allow some value of the message.',
      pt: 'O WhatsApp não entende ou não aceita algum dado da mensagem.',
    },
    fix: reportIt,
  },
  {
    codes: [131051, 131060, 130501],
    meaning: stop,
    sentence: {
      es: 'WhatsApp no admite este tipo de mensaje aquí.',
      en: 'WhatsApp does not allow this type of message here.',
      pt: 'O WhatsApp não aceita este tipo de mensagem aqui.',
    },
    fix: {
      es: 'Envía lo mismo como texto, imagen o documento.',
      en: 'Send the same as a text, an image or a document.',
      pt: 'Envie o mesmo como texto, imagem ou documento.',
    },
  },
  {
    codes: [131052],
    meaning: stop,
    sentence: {
      es: 'No se pudo descargar el archivo que envió el cliente.',
      en: 'The file that the customer sent could not be downloaded.',
      pt: 'Não foi possível baixar o arquivo que o cliente enviou.',
    },
    fix: {
      es: 'Pide al cliente que lo envíe de nuevo, más pequeño o por otro medio.',
      en: 'Ask the customer to send it again, smaller or by other means.',
      pt: 'Peça ao cliente que envie de novo, menor ou por outro meio.',
    },
  },
  {
    codes: [131053],
    meaning: stop,
    sentence: {
      es: 'WhatsApp no pudo tomar el archivo: su tipo, su tamaño o su enlace no sirven.',
      en: 'WhatsApp could not take the file: its type, its size or its link is no good.',
      pt: 'O WhatsApp não conseguiu usar o arquivo: o tipo, o tamanho ou o link não servem.',
    },
    fix: {
      es: 'Usa un enlace https público, con el tipo de archivo correcto y dentro de los tamaños de WhatsApp.',
      en: 'Use a public https link with the right type of file, within WhatsApp’s sizes.',
      pt: 'Use um link https público, com o tipo de arquivo correto e dentro dos tamanhos do WhatsApp.',
    },
  },
  {
    codes: [131062],
    meaning: stop,
    sentence: {
      es: 'Este mensaje necesita el número de teléfono del cliente, y solo conocemos su identificador.',
      en: 'This message needs the customer’s phone number, and only an id is known.',
      pt: 'Esta mensagem precisa do número de telefone do cliente, e só conhecemos o identificador.',
    },
    fix: {
      es: 'Pide al cliente su contacto con un mensaje de solicitud de contacto.',
      en: 'Ask the customer for it with a message that requests contact information.',
      pt: 'Peça o contato ao cliente com uma mensagem de solicitação de contato.',
    },
  },
  {
    codes: [131063],
    meaning: stop,
    sentence: {
      es: 'Las plantillas de marketing de esta cuenta salen solo por la API de mensajes de marketing.',
      en: 'Marketing templates of this account go out by the Marketing Messages API only.',
      pt: 'Os modelos de marketing desta conta só saem pela API de mensagens de marketing.',
    },
    fix: {
      es: 'Usa una plantilla de utilidad, o activa el marketing para la API en el Administrador de WhatsApp.',
      en: 'Use a utility template, or enable marketing for the API in WhatsApp Manager.',
      pt: 'Use um modelo de utilidade, ou ative o marketing para a API no Gerenciador do WhatsApp.',
    },
  },
  {
    codes: [132000, 132012],
    meaning: stop,
    sentence: {
      es: 'Los parámetros no corresponden a los de la plantilla.',
      en: 'The parameters are not those of the template.',
      pt: 'Os parâmetros não correspondem aos do modelo.',
    },
    fix: editTemplate,
  },
  {
    codes: [132001],
    meaning: stop,
    sentence: {
      es: 'La plantilla no existe en ese idioma o no está aprobada.',
      en: 'The template does not exist in that language or is not approved.',
      pt: 'O modelo não existe nesse idioma ou não está aprovado.',
    },
    fix: editTemplate,
  },
  {
    codes: [132005],
    meaning: stop,
    sentence: {
      es: 'La plantilla con sus parámetros es demasiado larga.',
      en: 'The template with its parameters is too long.',
      pt: 'O modelo com seus parâmetros é longo demais.',
    },
    fix: {
      es: 'Acorta los parámetros y envíala de nuevo.',
      en: 'Shorten the parameters and send it again.',
      pt: 'Encurte os parâmetros e envie de novo.',
    },
  },
  {
    codes: [132007],
    meaning: stop,
    sentence: {
      es: 'El contenido de la plantilla incumple una política de WhatsApp.',
      en: 'The content of the template breaks a policy of WhatsApp’s.',
      pt: 'O conteúdo do modelo viola uma política do WhatsApp.',
    },
    fix: {
      es: 'Edita la plantilla según el motivo del rechazo y envíala a revisión.',
      en: 'Edit the template by the reason of its rejection, and submit it for review.',
      pt: 'Edite o modelo conforme o motivo da rejeição e envie para análise.',
    },
  },
  {
    codes: [132015],
    meaning: stop,
    sentence: {
      es: 'WhatsApp pausó la plantilla por su baja calidad.',
      en: 'WhatsApp paused the template for its low quality.',
      pt: 'O WhatsApp pausou o modelo por baixa qualidade.',
    },
    fix: {
      es: 'Usa otra plantilla, o edita esta y espera a que vuelva a estar activa.',
      en: 'Use another template, or edit this one and wait until it is active again.',
      pt: 'Use outro modelo, ou edite este e espere que volte a ficar ativo.',
    },
  },
  {
    codes: [132016],
    meaning: stop,
    sentence: {
      es: 'WhatsApp desactivó la plantilla para siempre por su baja calidad.',
      en: 'WhatsApp disabled the template for good, for its low quality.',
      pt: 'O WhatsApp desativou o modelo para sempre por baixa qualidade.',
    },
    fix: {
      es: 'Crea otra plantilla con otro contenido.',
      en: 'Make another template with other content.',
      pt: 'Crie outro modelo com outro conteúdo.',
    },
  },
  {
    codes: [132068],
    meaning: stop,
    sentence: {
      es: 'El formulario (Flow) está bloqueado.',
      en: 'The flow is blocked.',
      pt: 'O formulário (Flow) está bloqueado.',
    },
    fix: {
      es: 'Corrige el Flow en el Administrador de WhatsApp, o envía otro.',
      en: 'Mend the flow in WhatsApp Manager, or send another one.',
      pt: 'Corrija o Flow no Gerenciador do WhatsApp, ou envie outro.',
    },
  },
  {
    codes: [132069],
    meaning: stop,
    sentence: {
      es: 'El formulario (Flow) está limitado: ya salió diez veces en esta hora.',
      en: 'The flow is throttled: it has gone out ten times in this hour.',
      pt: 'O formulário (Flow) está limitado: já saiu dez vezes nesta hora.',
    },
    fix: {
      es: 'Corrige el Flow en el Administrador de WhatsApp y envíalo de nuevo en una hora.',
      en: 'Mend the flow in WhatsApp Manager, and send it again in an hour.',
      pt: 'Corrija o Flow no Gerenciador do WhatsApp e envie de novo em uma hora.',
    },
  },
  {
    codes: [[133005, 133009], 133015, 133016],
    meaning: stop,
    sentence: {
      es: 'El registro del número no se pudo completar: PIN equivocado o demasiados intentos.',
      en: 'The registration of the number could not be completed: a wrong PIN, or too many tries.',
      pt: 'O registro do número não pôde ser concluído: PIN errado ou tentativas demais.',
    },
    fix: {
      es: 'Espera lo que indica Meta y registra el número de nuevo con su PIN.',
      en: 'Wait as long as Meta says, and register the number again with its PIN.',
      pt: 'Espere o tempo que a Meta indica e registre o número de novo com o PIN.',
    },
  },
  {
    codes: [134011],
    meaning: stop,
    sentence: {
      es: 'Las condiciones de los pagos de WhatsApp no están aceptadas.',
      en: 'The terms of WhatsApp’s payments have not been accepted.',
      pt: 'Os termos dos pagamentos do WhatsApp não foram aceitos.',
    },
    fix: {
      es: 'Acéptalas en el Administrador de WhatsApp.',
      en: 'Accept them in WhatsApp Manager.',
      pt: 'Aceite-os no Gerenciador do WhatsApp.',
    },
  },
  {
    codes: [[134100, 134102]],
    meaning: stop,
    sentence: {
      es: 'La API de mensajes de marketing no acepta este mensaje o esta cuenta.',
      en: 'The Marketing Messages API does not take this message or this account.',
      pt: 'A API de mensagens de marketing não aceita esta mensagem ou esta conta.',
    },
    fix: {
      es: 'Usa una plantilla de marketing aprobada y completa el alta en esa API.',
      en: 'Use an approved marketing template, and complete the sign-up for that API.',
      pt: 'Use um modelo de marketing aprovado e conclua a adesão a essa API.',
    },
  },
  {
    codes: [137000],
    meaning: stop,
    sentence: {
      es: 'La identidad del cliente cambió desde que se comprobó.',
      en: 'The customer’s identity has changed since it was checked.',
      pt: 'A identidade do cliente mudou desde que foi conferida.',
    },
    fix: {
      es: 'Comprueba de nuevo con quién hablas antes de enviar datos personales.',
      en: 'Check again whom you are speaking to before you send personal data.',
      pt: 'Confira de novo com quem você fala antes de enviar dados pessoais.',
    },
  },
  {
    codes: [[138000, 138999]],
    meaning: stop,
    sentence: {
      es: 'La llamada de WhatsApp no es posible.',
      en: 'The WhatsApp call is not possible.',
      pt: 'A ligação do WhatsApp não é possível.',
    },
    fix: {
      es: 'Comprueba que el número tiene llamadas activas y que el cliente las permite.',
      en: 'Check that the number has calling enabled and that the customer allows it.',
      pt: 'Verifique se o número tem ligações ativas e se o cliente as permite.',
    },
  },
  {
    codes: [[139100, 139199]],
    meaning: stop,
    sentence: {
      es: 'El usuario no se puede bloquear ni desbloquear.',
      en: 'The user cannot be blocked or unblocked.',
      pt: 'O usuário não pode ser bloqueado nem desbloqueado.',
    },
    fix: {
      es: 'Solo se puede bloquear a quien escribió en las últimas 24 horas.',
      en: 'Only somebody who wrote in the last 24 hours can be blocked.',
      pt: 'Só é possível bloquear quem escreveu nas últimas 24 horas.',
    },
  },
  {
    codes: [131020, [131200, 131299]],
    meaning: stop,
    sentence: {
      es: 'El grupo de WhatsApp no admite este mensaje o este cambio.',
      en: 'The WhatsApp group does not allow this message or this change.',
      pt: 'O grupo do WhatsApp não aceita esta mensagem ou esta mudança.',
    },
    fix: {
      es: 'Comprueba que el grupo existe, que la empresa está en él y que el tipo de mensaje vale en grupos.',
      en: 'Check that the group exists, that the business is in it, and that groups take this type of message.',
      pt: 'Verifique se o grupo existe, se a empresa está nele e se o tipo de mensagem vale em grupos.',
    },
  },
  {
    codes: [[147001, 147004]],
    meaning: stop,
    sentence: {
      es: 'El nombre de usuario de WhatsApp no está disponible o no es válido.',
      en: 'The WhatsApp username is not available or not valid.',
      pt: 'O nome de usuário do WhatsApp não está disponível ou não é válido.',
    },
    fix: {
      es: 'Elige otro nombre de usuario.',
      en: 'Choose another username.',
      pt: 'Escolha outro nome de usuário.',
    },
  },
  {
    codes: [[2388000, 2388999]],
    meaning: stop,
    sentence: {
      es: 'Meta no aceptó la plantilla: su nombre, su idioma o su contenido no valen.',
      en: 'Meta did not accept the template: its name, its language or its content will not do.',
      pt: 'A Meta não aceitou o modelo: o nome, o idioma ou o conteúdo não servem.',
    },
    fix: {
      es: 'Corrige lo que dicen las palabras de Meta; el nombre de una plantilla borrada queda reservado 30 días.',
      en: 'Mend what Meta’s words say; the name of a deleted template is kept for 30 days.',
      pt: 'Corrija o que dizem as palavras da Meta; o nome de um modelo apagado fica reservado por 30 dias.',
    },
  },
  {
    codes: [[2593100, 2593109]],
    meaning: stop,
    sentence: {
      es: 'La sincronización con la aplicación WhatsApp Business no es posible.',
      en: 'Synchronising with the WhatsApp Business app is not possible.',
      pt: 'A sincronização com o aplicativo WhatsApp Business não é possível.',
    },
    fix: {
      es: 'Se puede pedir una sola vez, dentro de las 24 horas tras conectar el número.',
      en: 'It can be asked for once, within 24 hours of connecting the number.',
      pt: 'Só pode ser pedida uma vez, dentro de 24 horas após conectar o número.',
    },
  },
]
