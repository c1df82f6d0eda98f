// Two soft tones for a new alert of level Ⅰ or Ⅱ: made here, off unless it was switched on, and of one tab only.

const LENGTH = 0.18;

function tone(context, hertz, at) {
  const voice = context.createOscillator();
  const volume = context.createGain();
  voice.type = "sine";
  voice.frequency.value = hertz;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(0.25, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + LENGTH);
  voice.connect(volume).connect(context.destination);
  voice.start(at);
  voice.stop(at + LENGTH);
}

function play() {
  const context = new AudioContext();
  tone(context, 660, context.currentTime + 0.02);
  tone(context, 880, context.currentTime + 0.02 + LENGTH);
  return new Promise((done) => setTimeout(() => context.close().then(done), 2000));
}

// A browser lets no page sound that nobody has touched yet; it would only complain.
function may() {
  return document.body.dataset.sound === "on" && (!navigator.userActivation || navigator.userActivation.hasBeenActive);
}

export function ring() {
  if (!may()) return;
  if (navigator.locks) navigator.locks.request("huiyin-sound", { ifAvailable: true }, (lock) => lock && play());
  else play();
}
