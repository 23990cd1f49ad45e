/** Whether a place, as Clients.place names it, is a LocalStack on this machine. */
export function isLocal(place: string): boolean {
  return /at https?:\/\/(127\.|localhost|\[::1\])/.test(place);
}
