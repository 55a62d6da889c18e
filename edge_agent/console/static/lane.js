// Shows what the gate says, and says so when the gate says nothing any more.
const body = document.body;
const WORDS = {
  ready: ["就绪", "Ready"],
  go: ["请通行", "Go"],
  stop: ["请止步", "Stop"],
  wait: ["请稍候", "Please wait"],
  emergency: ["紧急放行", "Emergency: open"],
  away: ["无连接", "No connection"],
};
const AWAY = { signal: "away", zh: "屏幕与闸机失去连接，请到门岗", en: "No connection to the gate. See the guard" };
const SILENT_MS = 5000; // the gate says that it is alive every second
const AGAIN_MS = 2000;

let stream = null;
let silence = 0;

function put(id, text) {
  const element = document.getElementById(id);
  if (element.textContent !== text) element.textContent = text;
}

function show(picture) {
  const [zh, en] = WORDS[picture.signal] ?? WORDS.wait;
  body.dataset.signal = picture.signal;
  put("word-zh", zh);
  put("word-en", en);
  put("text-zh", picture.zh);
  put("text-en", picture.en);
  if (picture.place_zh) {
    put("place-zh", picture.place_zh);
    put("place-en", picture.place_en);
  }
}

function alive() {
  clearTimeout(silence);
  silence = setTimeout(lost, SILENT_MS);
}

function lost() {
  clearTimeout(silence);
  stream?.close();
  show(AWAY);
  silence = setTimeout(listen, AGAIN_MS);
}

function listen() {
  alive();
  stream = new EventSource(body.dataset.shown);
  stream.addEventListener("alive", alive);
  stream.addEventListener("shown", (event) => {
    alive();
    show(JSON.parse(event.data));
  });
  stream.addEventListener("error", lost);
}

listen();
