// Dialogs: opened by key, by button, or by what the server answered for one. Escape closes them; focus returns.

const find = (name) => document.getElementById(name);
export const isOpen = () => Boolean(document.querySelector("dialog[open]"));

export function openDialog(name) {
  const dialog = find(name);
  if (!dialog || dialog.open) return;
  const back = document.activeElement;
  dialog.addEventListener("close", () => back?.isConnected && back.focus(), { once: true });
  dialog.showModal();
}

export function openDialogs() {
  for (const button of document.querySelectorAll("[data-opens]")) button.hidden = false;
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-opens]");
    if (opener) openDialog(opener.dataset.opens);
    const closer = event.target.closest?.("dialog [data-closes]");
    if (closer) {
      event.preventDefault();
      closer.closest("dialog").close();
    }
    if (event.target.matches?.("dialog")) event.target.close();
  });
  document.addEventListener("htmx:after:swap", () => {
    const body = find("dialog-body");
    if (body?.childElementCount && !body.dataset.shown) {
      body.dataset.shown = "yes";
      find("dialog").addEventListener("close", () => {
        delete body.dataset.shown;
        body.replaceChildren();
      }, { once: true });
      openDialog("dialog");
      body.querySelector("[autofocus]")?.focus();
    }
  });
}
