// A click, or Enter and space on a button, on anything with data-pick tells the panel which one it was.
if (!window.vocPicks) {
  window.vocPicks = 1;
  document.addEventListener("click", (event) => {
    const picked = event.target.closest?.("[data-pick]");
    const line = picked?.closest(".voc-picking")?.querySelector(".voc-picked input");
    if (!line) return;
    event.preventDefault();
    line.value = `${picked.dataset.pick}#${window.vocPicks++}`;  // the same one twice is two picks
    line.dispatchEvent(new Event("input", {bubbles: true}));
  }, true);
}
