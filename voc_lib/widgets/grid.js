// Keys of a grid, as Excel has them: Enter goes down (with Shift up), Ctrl+D takes what stands above.
// A block copied in Excel goes to the panel whole, with the place it is pasted at.
if (!window.vocGrid) {
  window.vocGrid = 1;
  const field = (cell) => cell?.querySelector("input, select");
  const place = (target) => {
    const grid = target.closest?.(".voc-grid");
    if (!grid) return null;
    const cells = [...grid.children];
    const width = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
    return {grid, cells, width, at: cells.findIndex((cell) => cell.contains(target))};
  };
  const put = (input, words) => {
    input.value = words;
    for (const kind of ["input", "change"]) input.dispatchEvent(new Event(kind, {bubbles: true}));
  };
  document.addEventListener("keydown", (event) => {
    const copies = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "d";
    const here = (copies || event.key === "Enter") && !event.isComposing && event.target.matches("input, select")
      && place(event.target);
    if (!here) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const {cells, width, at} = here;
    if (copies) {
      const above = cells[at - width];
      if (at >= 2 * width) put(event.target, (field(above)?.value ?? above.textContent).trim());
      return;
    }
    const step = event.shiftKey ? -width : width;
    let next = at + step;
    while (next >= width && next < cells.length && !field(cells[next])) next += step;
    field(cells[next])?.focus();
  }, true);
  // A save draws the grid anew: the cell that had the focus has it again.
  document.addEventListener("focusin", (event) => {
    const here = event.target.matches?.("input, select") && place(event.target);
    if (here) window.vocCell = {desk: here.grid.closest(".voc-plan"), at: here.at, cell: event.target};
  }, true);
  new MutationObserver(() => {
    const {desk, at, cell} = window.vocCell ?? {};
    if (!desk || cell.isConnected || document.activeElement !== document.body) return;
    const grid = [...desk.querySelectorAll(".voc-grid")].find((one) => one.offsetParent);
    field(grid?.children[at])?.focus({preventScroll: true});
  }).observe(document.body, {childList: true, subtree: true});
  document.addEventListener("paste", (event) => {
    const words = event.clipboardData.getData("text/plain");
    const here = /[\t\n]/.test(words.replace(/\r?\n$/, "")) && place(event.target);
    if (!here) return;
    event.preventDefault();
    const row = Math.floor(here.at / here.width) - 1;
    const block = JSON.stringify([window.vocGrid++, row, here.at % here.width, words]);  // the same twice is two
    put(here.grid.parentElement.querySelector(".voc-pasted input"), block);
  }, true);
}
