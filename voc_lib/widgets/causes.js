// ↑ and ↓ choose another line of the tree, from the line for a new answer or from the tree itself.
// Enter sends a line at once and whole, marked as entered.
if (!window.vocCauses) {
  window.vocCauses = true;
  document.addEventListener("keydown", (event) => {
    const line = event.key === "Enter" && !event.isComposing && event.target.closest?.(".voc-why, .voc-name");
    if (!line) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const answer = event.target.closest(".voc-why");
    event.target.value += answer ? `⏎${Date.now()}` : "⏎";
    event.target.dispatchEvent(new Event("change", {bubbles: true}));
    if (answer) event.target.value = "";  // here, not by the kernel: the next answer may be half typed by then
  }, true);
  document.addEventListener("keydown", (event) => {
    const step = {ArrowUp: -1, ArrowDown: 1}[event.key];
    const place = step && event.target.closest?.(".voc-why, .voc-line");
    if (!place || event.isComposing) return;
    const lines = [...place.closest(".voc-left").querySelectorAll("button.voc-line")];
    const now = lines.findIndex((line) => line.closest(".voc-chosen"));
    event.preventDefault();
    const next = lines[Math.min(Math.max(now + step, 0), lines.length - 1)];
    lines[now]?.closest(".voc-chosen").classList.remove("voc-chosen");  // at once: the next key may come before the answer
    next.parentElement.classList.add("voc-chosen");
    next.click();
  }, true);
}
