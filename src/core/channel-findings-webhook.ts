/** What is said of webhooks, in three languages. */
import { type FindingWords, pages } from './channel-finding.ts'

export const webhookFindings = {
  'address private': {
    state: 'failed',
    seen: {
      es: 'La dirección {callbackUrl} es de una red privada: Meta no puede llamarla.',
      en: 'The address {callbackUrl} belongs to a private network: Meta cannot call it.',
      pt: 'O endereço {callbackUrl} é de uma rede privada: a Meta não pode chamá-lo.',
    },
    fix: {
      es: 'Pon en APP_URL la dirección pública de este servicio, con https, y reinícialo.',
      en: 'Put the public address of this service, with https, into APP_URL and start it again.',
      pt: 'Ponha em APP_URL o endereço público deste serviço, com https, e reinicie-o.',
    },
  },
  'address not https': {
    state: 'failed',
    seen: {
      es: '{callbackUrl} no es https: Meta solo llama a direcciones con certificado válido.',
      en: '{callbackUrl} is not https: Meta calls only addresses with a valid certificate.',
      pt: '{callbackUrl} não é https: a Meta só chama endereços com certificado válido.',
    },
    fix: {
      es: 'Pon delante un proxy con certificado de una autoridad pública y cambia APP_URL a https.',
      en: 'Put a proxy with a certificate of a public authority in front, and change APP_URL to https.',
      pt: 'Ponha na frente um proxy com certificado de uma autoridade pública e mude APP_URL para https.',
    },
  },
  'handshake right': {
    state: 'ok',
    seen: {
      es: 'La dirección pública respondió al desafío de Meta.',
      en: 'The public address answered Meta’s challenge.',
      pt: 'O endereço público respondeu ao desafio da Meta.',
    },
  },
  'handshake refused': {
    state: 'failed',
    seen: {
      es: 'La dirección pública llegó hasta aquí, pero sin los parámetros hub.* como se enviaron.',
      en: 'The public address led here, but without the parameters hub.* as they were sent.',
      pt: 'O endereço público chegou até aqui, mas sem os parâmetros hub.* como foram enviados.',
    },
    fix: {
      es: 'Haz que el proxy pase la dirección completa, con su consulta (?hub.mode=…), sin cambiarla.',
      en: 'Make the proxy pass the whole address on, with its query (?hub.mode=…), unchanged.',
      pt: 'Faça o proxy passar o endereço completo, com a consulta (?hub.mode=…), sem mudá-lo.',
    },
  },
  'loop right': {
    state: 'ok',
    seen: {
      es: 'Un cuerpo firmado salió por la dirección pública y llegó intacto al registro.',
      en: 'A signed body went out by the public address and reached the ledger untouched.',
      pt: 'Um corpo assinado saiu pelo endereço público e chegou intacto ao registro.',
    },
  },
  'body altered': {
    state: 'failed',
    seen: {
      es: 'La dirección pública llegó hasta aquí, pero el cuerpo o la cabecera X-Hub-Signature-256 cambió por el camino.',
      en: 'The public address led here, but the body or the header X-Hub-Signature-256 changed on its way.',
      pt: 'O endereço público chegou até aqui, mas o corpo ou o cabeçalho X-Hub-Signature-256 mudou no caminho.',
    },
    fix: {
      es: 'En el proxy o cortafuegos, deja pasar /hooks/ sin tocar el cuerpo (nada que reescriba o limpie JSON) y con todas las cabeceras.',
      en: 'In the proxy or firewall, let /hooks/ through without touching the body (nothing that rewrites or cleans JSON) and with all headers.',
      pt: 'No proxy ou firewall, deixe passar /hooks/ sem tocar no corpo (nada que reescreva ou limpe JSON) e com todos os cabeçalhos.',
    },
  },
  'not reached': {
    state: 'failed',
    seen: {
      es: 'Nadie responde en {callbackUrl}: {reason}.',
      en: 'Nobody answers at {callbackUrl}: {reason}.',
      pt: 'Ninguém responde em {callbackUrl}: {reason}.',
    },
    fix: {
      es: 'Comprueba el nombre en el DNS, el certificado, el puerto 443 y que el proxy apunta a este servicio; APP_URL debe ser esa dirección.',
      en: 'Check the name in the DNS, the certificate, port 443, and that the proxy leads to this service; APP_URL must be that address.',
      pt: 'Confira o nome no DNS, o certificado, a porta 443 e se o proxy aponta para este serviço; APP_URL deve ser esse endereço.',
    },
  },
  redirected: {
    state: 'failed',
    seen: {
      es: '{callbackUrl} responde {status} y manda a {to}: Meta no sigue redirecciones.',
      en: '{callbackUrl} answers {status} and leads to {to}: Meta follows no redirects.',
      pt: '{callbackUrl} responde {status} e manda para {to}: a Meta não segue redirecionamentos.',
    },
    fix: {
      es: 'Pon en APP_URL la dirección final, o quita la redirección (http→https, www, inicio de sesión) para /hooks/.',
      en: 'Put the final address into APP_URL, or take the redirect (http→https, www, a login) away for /hooks/.',
      pt: 'Ponha em APP_URL o endereço final, ou retire o redirecionamento (http→https, www, login) para /hooks/.',
    },
  },
  'answered otherwise': {
    state: 'failed',
    seen: {
      es: 'En {callbackUrl} respondió {status} alguien que no es este servicio. Para Meta solo vale 200.',
      en: 'At {callbackUrl} something other than this service answered {status}. Only 200 counts for Meta.',
      pt: 'Em {callbackUrl} respondeu {status} algo que não é este serviço. Para a Meta só vale 200.',
    },
    fix: {
      es: 'Comprueba que el proxy manda /hooks/ a este servicio y que ningún cortafuegos o verificación de navegador lo corta.',
      en: 'See that the proxy leads /hooks/ to this service and that no firewall or browser check cuts it off.',
      pt: 'Confira se o proxy manda /hooks/ a este serviço e se nenhum firewall ou verificação de navegador o corta.',
    },
  },
  'answered by another': {
    state: 'failed',
    seen: {
      es: '{callbackUrl} respondió 200, pero el cuerpo no llegó a este registro: responde otro sistema, u otra base de datos.',
      en: '{callbackUrl} answered 200, but the body did not reach this ledger: another system answers, or another database.',
      pt: '{callbackUrl} respondeu 200, mas o corpo não chegou a este registro: responde outro sistema, ou outro banco de dados.',
    },
    fix: {
      es: 'Haz que esa dirección lleve a esta instalación; si hay dos, que cada una tenga su APP_URL.',
      en: 'Make that address lead to this installation; where there are two, give each its own APP_URL.',
      pt: 'Faça esse endereço levar a esta instalação; se há duas, dê a cada uma o seu APP_URL.',
    },
  },
  'not subscribed': {
    state: 'failed',
    seen: {
      es: 'Ninguna aplicación está suscrita a la cuenta {wabaId}: la prueba del panel funciona y los números reales callan.',
      en: 'No app is subscribed to the account {wabaId}: the dashboard’s test works and real numbers stay silent.',
      pt: 'Nenhum aplicativo está inscrito na conta {wabaId}: o teste do painel funciona e os números reais ficam mudos.',
    },
    fix: {
      es: 'Conecta el número otra vez (POST /channels/connect): la suscripción se hace entonces sola.',
      en: 'Connect the number again (POST /channels/connect): the subscription is made then.',
      pt: 'Conecte o número de novo (POST /channels/connect): a inscrição se faz então sozinha.',
    },
  },
  'other app subscribed': {
    state: 'failed',
    seen: {
      es: 'A la cuenta {wabaId} están suscritas otras aplicaciones ({others}), y no {appId}.',
      en: 'Other apps are subscribed to the account {wabaId} ({others}), and {appId} is not.',
      pt: 'Na conta {wabaId} estão inscritos outros aplicativos ({others}), e {appId} não.',
    },
    fix: {
      es: 'Conecta el número otra vez con un token de {appId} (POST /channels/connect): la suscripción se añade.',
      en: 'Connect the number again with a token of {appId} (POST /channels/connect): the subscription is added.',
      pt: 'Conecte o número de novo com um token de {appId} (POST /channels/connect): a inscrição é adicionada.',
    },
  },
  'overridden elsewhere': {
    state: 'failed',
    seen: {
      es: 'El número o su cuenta tienen otra dirección de webhooks, que manda sobre la de la aplicación: {to}.',
      en: 'The number or its account has another webhook address, which goes before the app’s: {to}.',
      pt: 'O número ou a sua conta tem outro endereço de webhooks, que vale antes do do aplicativo: {to}.',
    },
    fix: {
      es: 'Conecta el número otra vez con override: true; su dirección pasa a ser {callbackUrl}.',
      en: 'Connect the number again with override: true; its address becomes {callbackUrl}.',
      pt: 'Conecte o número de novo com override: true; o endereço passa a ser {callbackUrl}.',
    },
    page: pages.appWebhooks,
  },
  'callback elsewhere': {
    state: 'failed',
    seen: {
      es: 'La aplicación manda los mensajes a {to}.',
      en: 'The app sends the messages to {to}.',
      pt: 'O aplicativo manda as mensagens para {to}.',
    },
    fix: {
      es: 'En WhatsApp › Configuración, pon {callbackUrl} como dirección de devolución; o, si la aplicación sirve a varios sistemas, conecta el número con override: true.',
      en: 'In WhatsApp › Configuration, enter {callbackUrl} as the callback URL; or, where several systems share the app, connect the number with override: true.',
      pt: 'Em WhatsApp › Configuração, ponha {callbackUrl} como URL de retorno; ou, se o aplicativo serve a vários sistemas, conecte o número com override: true.',
    },
    page: pages.appWebhooks,
  },
  'no callback': {
    state: 'failed',
    seen: {
      es: 'Ni la aplicación ni el número tienen una dirección de webhooks.',
      en: 'Neither the app nor the number has a webhook address.',
      pt: 'Nem o aplicativo nem o número têm um endereço de webhooks.',
    },
    fix: {
      es: 'En WhatsApp › Configuración, pon {callbackUrl} y el token de verificación de esta aplicación, y guarda.',
      en: 'In WhatsApp › Configuration, enter {callbackUrl} and the verify token of this app, and save.',
      pt: 'Em WhatsApp › Configuração, ponha {callbackUrl} e o token de verificação deste aplicativo, e salve.',
    },
    page: pages.appWebhooks,
  },
  'no app webhook': {
    state: 'failed',
    seen: {
      es: 'La aplicación no tiene webhook de cuentas de WhatsApp: no llegan noticias de plantillas, calidad ni bloqueos.',
      en: 'The app has no webhook for WhatsApp accounts: no news of templates, quality or blocks come.',
      pt: 'O aplicativo não tem webhook de contas do WhatsApp: não chegam notícias de modelos, qualidade nem bloqueios.',
    },
    fix: {
      es: 'En WhatsApp › Configuración, pon {callbackUrl} y el token de verificación, y suscribe los campos.',
      en: 'In WhatsApp › Configuration, enter {callbackUrl} and the verify token, and subscribe the fields.',
      pt: 'Em WhatsApp › Configuração, ponha {callbackUrl} e o token de verificação, e inscreva os campos.',
    },
    page: pages.appWebhooks,
  },
  'app webhook inactive': {
    state: 'failed',
    seen: {
      es: 'Meta desactivó el webhook de la aplicación, porque falló demasiado tiempo.',
      en: 'Meta has switched the app’s webhook off, because it failed for too long.',
      pt: 'A Meta desativou o webhook do aplicativo, porque falhou por tempo demais.',
    },
    fix: {
      es: 'Corrige antes la prueba de ida y vuelta; luego, en WhatsApp › Configuración, verifica y guarda {callbackUrl} de nuevo.',
      en: 'Mend the loop test first; then, in WhatsApp › Configuration, verify and save {callbackUrl} again.',
      pt: 'Corrija antes o teste de ida e volta; depois, em WhatsApp › Configuração, verifique e salve {callbackUrl} de novo.',
    },
    page: pages.appWebhooks,
  },
  'news elsewhere': {
    state: 'warning',
    seen: {
      es: 'Las noticias de la cuenta y de sus plantillas van a {to}; no siguen la dirección propia del número.',
      en: 'News of the account and its templates go to {to}; they do not follow the number’s own address.',
      pt: 'As notícias da conta e dos modelos vão para {to}; não seguem o endereço próprio do número.',
    },
    fix: {
      es: 'Si la aplicación es solo de este sistema, pon {callbackUrl} en WhatsApp › Configuración. Si se comparte, sincroniza las plantillas a mano o con una aplicación propia.',
      en: 'If the app is this system’s alone, enter {callbackUrl} in WhatsApp › Configuration. If it is shared, sync templates by hand, or use an app of your own.',
      pt: 'Se o aplicativo é só deste sistema, ponha {callbackUrl} em WhatsApp › Configuração. Se é compartilhado, sincronize os modelos à mão ou com um aplicativo próprio.',
    },
    page: pages.appWebhooks,
  },
  'messages not subscribed': {
    state: 'failed',
    seen: {
      es: 'El campo «messages» no está suscrito: no llega ningún mensaje.',
      en: 'The field "messages" is not subscribed: no message comes in.',
      pt: 'O campo «messages» não está inscrito: não chega nenhuma mensagem.',
    },
    fix: {
      es: 'En WhatsApp › Configuración › Campos del webhook, suscribe «messages».',
      en: 'In WhatsApp › Configuration › Webhook fields, subscribe "messages".',
      pt: 'Em WhatsApp › Configuração › Campos do webhook, inscreva «messages».',
    },
    page: pages.appWebhooks,
  },
  'fields missing': {
    state: 'warning',
    seen: {
      es: 'Faltan campos por suscribir: {missing}.',
      en: 'Fields that are not subscribed: {missing}.',
      pt: 'Campos não inscritos: {missing}.',
    },
    fix: {
      es: 'En WhatsApp › Configuración › Campos del webhook, suscribe {missing}.',
      en: 'In WhatsApp › Configuration › Webhook fields, subscribe {missing}.',
      pt: 'Em WhatsApp › Configuração › Campos do webhook, inscreva {missing}.',
    },
    page: pages.appWebhooks,
  },
  'nothing received': {
    state: 'warning',
    seen: {
      es: 'Todavía no ha llegado ningún mensaje de un cliente.',
      en: 'No message of a customer has come yet.',
      pt: 'Ainda não chegou nenhuma mensagem de um cliente.',
    },
    fix: {
      es: 'Escribe al número desde otro teléfono. Si no aparece aquí, corrige lo que está en rojo y mira que la aplicación esté publicada (Live).',
      en: 'Write to the number from another phone. If it does not show up here, mend what is red, and see that the app is live.',
      pt: 'Escreva para o número de outro telefone. Se não aparecer aqui, corrija o que está em vermelho e veja se o aplicativo está publicado (Live).',
    },
    page: pages.appPublish,
  },
  silent: {
    state: 'warning',
    seen: {
      es: 'Ningún cliente ha escrito en {days} días (el último, {at}).',
      en: 'No customer has written for {days} days (the last, {at}).',
      pt: 'Nenhum cliente escreveu em {days} dias (o último, {at}).',
    },
    fix: {
      es: 'Si debería haber mensajes, escribe al número desde otro teléfono y mira si aparece.',
      en: 'If there should have been messages, write to the number from another phone and see whether it shows up.',
      pt: 'Se deveria haver mensagens, escreva para o número de outro telefone e veja se aparece.',
    },
  },
} as const satisfies Record<string, FindingWords>
