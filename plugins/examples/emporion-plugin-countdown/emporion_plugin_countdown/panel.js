export const title = { en: "Countdown", zh: "倒计时" };
export const fold = {
  load: (view) => view.ends_at_us,
  apply: (state, entry) => (entry.kind === "countdown.started" ? entry.body.ends_at_us : state),
};

export function mount(element, api) {
  element.innerHTML = `<p role="timer" style="font-size: 3rem"></p>`;
  const isHost = api.participants.find((person) => person.isSelf)?.isHost;
  for (const minutes of isHost ? [1, 5, 10] : []) {
    const button = Object.assign(document.createElement("button"), { textContent: `${minutes} min` });
    button.className = "secondary-button";
    button.onclick = () => api.request({ type: "start", seconds: minutes * 60 });
    element.append(button, " ");
  }
  const draw = () => {
    const left = Math.max(0, Math.ceil((api.state - api.nowUs) / 1e6));
    element.firstChild.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  };
  const stop = api.onChange(draw);
  const timer = setInterval(draw, 250);
  return () => (stop(), clearInterval(timer));
}
