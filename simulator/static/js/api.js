// The simulator's own API.

const PREFIX = "/simulator/api";

async function call(method, path, body) {
  const request = { method, headers: { Accept: "application/json" } };
  if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  const response = await fetch(PREFIX + path, request);
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.message || `HTTP ${response.status}`);
  return answer;
}

export const users = () => call("GET", "/users");
export const addUser = (name) => call("POST", "/users", { name });
export const follow = (user) => call("POST", `/users/${user}/follow`, {});
export const block = (user) => call("POST", `/users/${user}/block`, {});
export const chat = (user, chatId, since) => call("GET", `/users/${user}/chats/${chatId}?since=${since}`);
export const send = (user, chatId, message) => call("POST", `/users/${user}/chats/${chatId}/messages`, { message });
export const tap = (user, chatId, action, params) => call("POST", `/users/${user}/chats/${chatId}/taps`, { action, params });
export const unsend = (user, chatId, id) => call("POST", `/users/${user}/chats/${chatId}/unsend`, { id });
export const switches = () => call("GET", "/misbehaviour");
export const setSwitches = (values) => call("POST", "/misbehaviour", values);

/**
 * Calls `onChange` whenever anything has changed, and once at the beginning; the stream reconnects by itself.
 * A page that nobody sees lets go of it, because a browser opens only six connections to one server.
 */
export function watch(onChange) {
  let stream = null;
  const follow = () => {
    stream?.close();
    stream = null;
    if (document.hidden) return;
    stream = new EventSource("/simulator/feed");
    stream.addEventListener("message", onChange);
  };
  document.addEventListener("visibilitychange", follow);
  follow();
}
