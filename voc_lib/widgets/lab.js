// JupyterLab's own keys keep out of a desk: with a list or button of it in focus, an arrow would leave it, x cut the cell.
// Ctrl+S there keeps what was written in the desk, where it has a button for that.
if (!window.vocLab) {
  window.vocLab = true;
  const desk = (event) => {
    const output = event.target.closest?.(".jp-OutputArea-output");
    return output?.querySelector("[class*='voc-']") ? output : null;
  };
  document.addEventListener("focusin", (event) => {
    if (desk(event)) event.target.dataset.lmSuppressShortcuts = "true";  // on what has the focus: ":focus" is matched first
  }, true);
  // A line of class voc-typed is heard beside it at a pause; composed characters when they are there.
  const told = (event, pause) => {
    const live = event.target.closest?.(".voc-typed")?.parentElement.querySelector(".voc-live input");
    if (!live || event.isComposing) return;
    clearTimeout(live.vocPause);
    live.vocPause = setTimeout(() => {
      live.value = event.target.value;
      live.dispatchEvent(new Event("input", {bubbles: true}));
    }, pause);
  };
  document.addEventListener("input", (event) => told(event, 250), true);
  document.addEventListener("compositionend", (event) => told(event, 250), true);
  document.addEventListener("change", (event) => told(event, 0), true);
  document.addEventListener("keydown", (event) => {
    const wanted = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "s";
    const output = wanted && desk(event);
    if (!output) return;
    event.preventDefault();  // or the browser would offer to save the page
    event.stopImmediatePropagation();
    const button = output.querySelector("button.voc-save");
    if (!button) return;
    event.target.dispatchEvent(new Event("change", {bubbles: true}));  // what is typed is told when a field is left
    button.click();
    button.scrollIntoView({block: "nearest"});
  }, true);
}
