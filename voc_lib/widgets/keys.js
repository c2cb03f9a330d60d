// Keys of the review line, whatever input method is on. The line is read-only while it has the focus, so that no
// input method composes in it; a key one holds back (key "Process", code 229) is known by its place (event.code).
if (!window.vocKeys) {
  window.vocKeys = true;
  const places = {Space: " ", Semicolon: ";", Period: ".", Comma: ",", Slash: "/", Minus: "-", BracketLeft: "[", BracketRight: "]",
    NumpadDecimal: ".", NumpadDivide: "/", NumpadSubtract: "-"};
  const line = (event) => event.target.closest?.(".voc-keys")?.querySelector("input");
  const pressed = (event) => {
    if (!event.isComposing && event.keyCode !== 229) return event.key.length === 1 ? event.key : "";
    return places[event.code] ?? (/^(Digit|Numpad)\d$|^Key[A-Z]$/.test(event.code) ? event.code.at(-1).toLowerCase() : "");
  };
  document.addEventListener("focusin", (event) => {
    const input = line(event);
    if (input) input.readOnly = true;
  }, true);
  document.addEventListener("keydown", (event) => {
    const input = line(event);
    const key = input && !event.ctrlKey && !event.metaKey && !event.altKey ? pressed(event) : "";
    if (!key) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.repeat) return;  // a key held down is one answer
    input.value += key;
    input.dispatchEvent(new Event("input", {bubbles: true}));
  }, true);
}
