import { spawn } from "node:child_process";

/** Opens the desktop's browser, where there is a terminal with a desktop around it. Whether it could is not told. */
export function openBrowser(url: string): boolean {
  const opener = process.platform === "darwin" ? "open" : hasDesktop() ? "xdg-open" : undefined;
  if (opener === undefined || !process.stdout.isTTY) return false;
  const child = spawn(opener, [url], { detached: true, stdio: "ignore" });
  child.on("error", () => {}); // the address is printed
  child.unref();
  return true;
}

/** Without one, xdg-open may start a browser in the terminal. */
export const hasDesktop = () => !!(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
