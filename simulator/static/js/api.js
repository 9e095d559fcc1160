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

/** The first people, and those in `also`, however many there are. */
export const users = (limit, also) => call("GET", `/users?limit=${limit}${also.map((user) => `&also=${user}`).join("")}`);
export const addUser = (name) => call("POST", "/users", { name });
export const follow = (user) => call("POST", `/users/${user}/follow`, {});
export const speak = (user, language) => call("POST", `/users/${user}/language`, { language });
export const addGroup = (name, users, kind, invite) => call("POST", "/groups", { name, users, kind, invite });
export const inviteAccount = (chatId) => call("POST", `/groups/${chatId}/invite`, {});
export const removeAccount = (chatId) => call("POST", `/groups/${chatId}/leave`, {});
export const enter = (chatId, users) => call("POST", `/groups/${chatId}/members`, { users });
export const goOut = (chatId, users) => call("POST", `/groups/${chatId}/members/leave`, { users });
export const block = (user) => call("POST", `/users/${user}/block`, {});
export const chat = (user, chatId, since) => call("GET", `/users/${user}/chats/${chatId}?since=${since}`);
/** `own`: the bytes of the person's own photo or file, `{content, contentType}`. */
export const send = (user, chatId, message, own = {}) => call("POST", `/users/${user}/chats/${chatId}/messages`, { message, ...own });
export const tap = (user, chatId, action, params, message) => call("POST", `/users/${user}/chats/${chatId}/taps`, { action, params, message });
export const exported = (user, chatId, format) => `${PREFIX}/users/${user}/chats/${chatId}/export?format=${format}`;
export const traffic = (limit) => call("GET", `/traffic?limit=${limit}`);
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
