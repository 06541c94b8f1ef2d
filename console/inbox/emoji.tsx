/** Emoji that customers are answered with most; the system's own picker has the rest. Loaded when it is opened. */
const groups = [
  { name: 'faces', all: '😀 😃 😄 😁 😅 😂 🙂 😉 😊 😍 🥰 😘 😋 😎 🤗 🤔 🙄 😐 😬 😕 😟 😢 😭 😤 😡 😱 😴 🤒 🥳 🙃' },
  { name: 'hands', all: '👍 👎 👌 👏 🙌 🙏 🤝 💪 👋 ✋ 👉 👇 ☝️ ✌️ 🤞 ✍️' },
  { name: 'signs', all: '✅ ❌ ⚠️ ❗ ❓ ⏳ ⏰ 🔔 📌 🔒 🔑 ℹ️ 🆗 🆕 💯 ⭐' },
  { name: 'things', all: '📦 🚚 🛒 🛍️ 🎁 💳 💵 🧾 📄 📎 📷 📱 💻 📞 📅 📍 🏠 🏬 ✈️ 🚗 📚 👕 👟 🔧' },
  { name: 'hearts', all: '❤️ 🧡 💛 💚 💙 💜 🤍 💔 🎉 🎊 ✨ 🌟 🔥 🌈 ☀️ 🌧️ 🌸 🍀 ☕ 🍕 🎂 🥂' },
] as const

export type EmojiGroup = (typeof groups)[number]['name']

export function EmojiGrid({ names, onPick }: { names: Record<EmojiGroup, string>; onPick: (emoji: string) => void }) {
  return groups.map(({ name, all }) => (
    <section key={name} aria-label={names[name]}>
      <h3 className="px-1 pt-2 pb-1 text-xs font-semibold text-quiet">{names[name]}</h3>
      <div className="grid grid-cols-8">
        {all.split(' ').map(emoji => (
          <button
            key={emoji}
            type="button"
            onClick={() => onPick(emoji)}
            className="flex size-8 items-center justify-center rounded-lg text-xl hover:bg-page"
          >
            {emoji}
          </button>
        ))}
      </div>
    </section>
  ))
}
